package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.HostOp;
import dev.graft.core.op.Samples;
import dev.graft.core.tensor.Fact;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sizes of a tensor as whole numbers, {@code [rank]}. ONNX Shape (1, 13) of all axes. */
public record ShapeOf() implements HostOp {

  @Override
  public String type() {
    return "Shape";
  }

  @Override
  public List<Fact> infer(List<@Nullable Fact> inputs) {
    Arity.expect(this, inputs, 1);
    return List.of(Fact.vector(inputs.get(0).shape().dims()));
  }

  /** The same for all samples. */
  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.NONE;
  }
}
