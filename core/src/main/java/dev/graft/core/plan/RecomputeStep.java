package dev.graft.core.plan;

import dev.graft.core.op.Forward;
import dev.graft.core.op.Op;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first output of an operation once more, in backward, instead of having been kept (Chen et
 * al., "Training Deep Nets with Sublinear Memory Cost", 2016, section 3: what is cheap to compute).
 *
 * @param scratch what forward left
 */
record RecomputeStep(
    Op op, List<@Nullable Slot> inputs, Slot output, List<Slot> scratch, List<Slot> temporaries)
    implements Step {

  @Override
  public List<Slot> reads() {
    List<Slot> read = Step.there(inputs);
    read.addAll(scratch);
    return read;
  }

  @Override
  public List<Slot> writes() {
    List<Slot> written = new ArrayList<>(temporaries);
    written.add(output);
    return written;
  }

  @Override
  public List<Overwrite> overwrites() {
    return Overwrite.ofForward(op, inputs, output);
  }

  @Override
  public Action bind(Binding at) {
    Forward call = at.forward(inputs, List.of(output), scratch, temporaries);
    return key -> op.forwardAgain(call);
  }
}
