package dev.graft.core.plan;

import dev.graft.core.op.Elementwise;
import dev.graft.core.op.Forward;
import dev.graft.core.op.normalization.BatchNormalization;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A BatchNormalization in training and the activation behind it, in one pass.
 *
 * @param outputs the activation's, then the running statistics
 * @param scratch the statistics of the batch
 * @param again whether it is computed once more in backward: the statistics are there then
 */
record NormalizationStep(
    BatchNormalization norm,
    Elementwise activation,
    List<@Nullable Slot> inputs,
    List<Slot> outputs,
    List<Slot> scratch,
    List<Slot> temporaries,
    boolean again)
    implements Step {

  @Override
  public List<Slot> reads() {
    return again ? joined(Step.there(inputs), scratch) : Step.there(inputs);
  }

  @Override
  public List<Slot> writes() {
    List<Slot> written = joined(outputs, temporaries);
    if (!again) {
      written.addAll(scratch);
    }
    return written;
  }

  private static List<Slot> joined(List<Slot> a, List<Slot> b) {
    List<Slot> joined = new ArrayList<>(a);
    joined.addAll(b);
    return joined;
  }

  @Override
  public Action bind(Binding at) {
    Forward call = at.forward(inputs, outputs, scratch, temporaries);
    return again
        ? key -> norm.forwardAgain(call, activation)
        : key -> norm.forward(call, activation);
  }
}
