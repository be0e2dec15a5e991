package dev.graft.core.plan;

import dev.graft.core.backend.Rng;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The backward rule of an operation.
 *
 * @param name of the node, which its random numbers follow from
 * @param inputs the saved inputs, null elsewhere
 * @param outputs the saved outputs, null elsewhere
 * @param scratch what forward left, empty if not saved
 * @param outputGradients of the outputs that have one, null elsewhere
 * @param inputGradients where needed, null elsewhere
 */
record BackwardStep(
    Op op,
    String name,
    Needs needs,
    List<@Nullable Shape> inputShapes,
    List<@Nullable Slot> inputs,
    List<@Nullable Slot> outputs,
    List<Slot> scratch,
    List<Slot> temporaries,
    List<@Nullable Slot> outputGradients,
    List<@Nullable Slot> inputGradients)
    implements Step {

  @Override
  public List<Slot> reads() {
    List<Slot> read = new ArrayList<>();
    inputs.stream().filter(Objects::nonNull).forEach(read::add);
    outputs.stream().filter(Objects::nonNull).forEach(read::add);
    read.addAll(scratch);
    outputGradients.stream().filter(Objects::nonNull).forEach(read::add);
    return read;
  }

  @Override
  public List<Slot> writes() {
    List<Slot> written = new ArrayList<>(temporaries);
    inputGradients.stream().filter(Objects::nonNull).forEach(written::add);
    return written;
  }

  @Override
  public List<Overwrite> overwrites() {
    List<Overwrite> overwrites = new ArrayList<>();
    Slot first = outputGradients.get(0);
    for (int i = 0; i < inputGradients.size(); i++) {
      Slot gradient = inputGradients.get(i);
      if (gradient != null
          && op.mayOverwriteGradient(i)
          && first != null
          && gradient.shape().equals(first.shape())) {
        overwrites.add(new Overwrite(gradient, first));
      }
    }
    return overwrites;
  }

  @Override
  public Action bind(Binding at) {
    Backward call =
        new Backward(
            at.backend(),
            needs,
            inputShapes,
            at.tensors(inputs),
            at.tensors(outputs),
            at.tensors(scratch),
            at.tensors(temporaries),
            at.tensors(outputGradients),
            at.tensors(inputGradients),
            0);
    return op.isRandom()
        ? key -> op.backward(call.withKey(Rng.key(key, name)))
        : key -> op.backward(call);
  }
}
