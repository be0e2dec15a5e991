package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers or truth values as floats, such as the mask of a padded text. ONNX Cast (6, 9, 13,
 * 19, 21) to float32.
 */
public record Cast() implements Op {

  @Override
  public String type() {
    return "Cast";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    return List.of(inputs.get(0));
  }

  @Override
  public List<Fact> infer(List<@Nullable Fact> inputs) {
    Shape shape = outputShapes(Fact.shapes(inputs)).get(0);
    if (inputs.get(0).isFloat()) {
      throw new ShapeException("Cast expects whole numbers, found " + inputs.get(0));
    }
    return List.of(Fact.of(shape));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return axes.get(0);
  }

  @Override
  public boolean differentiable(int i) {
    return false;
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    long[] numbers = call.input(0).toLongs();
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers[i];
    }
    call.backend().upload(floats, 0, floats.length, call.output().buffer());
  }

  @Override
  public void backward(Backward call) {
    throw new IllegalStateException("whole numbers have no gradient");
  }
}
