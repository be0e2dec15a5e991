package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks slices up along an axis: {@code y[…, j…, …] = x[…, indices[j…], …]}, where the axes of the
 * indices take the place of the axis. Inputs: x and whole numbers, which count from the end where
 * they are negative. With a stored {@code x [words, features]} this is an embedding. ONNX Gather
 * (1, 11, 13).
 *
 * @param axis negative from the end
 */
public record Gather(int axis) implements Op {

  @Override
  public String type() {
    return "Gather";
  }

  /** The table of an embedding. */
  @Override
  public Set<Integer> parameterInputs() {
    return Set.of(0);
  }

  /** As in PyTorch's {@code nn.Embedding}. */
  @Override
  public Initializer initializer(int i, Shape stored) {
    return Initializer.normal(1);
  }

  @Override
  public boolean differentiable(int i) {
    return i == 0;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    Shape x = inputs.get(0);
    int at = x.axis(axis);
    List<Size> sizes = new ArrayList<>(x.dims().subList(0, at));
    sizes.addAll(inputs.get(1).dims());
    sizes.addAll(x.dims().subList(at + 1, x.rank()));
    return List.of(Shape.ofSizes(sizes));
  }

  @Override
  public List<Fact> infer(List<@Nullable Fact> inputs) {
    Shape result = outputShapes(Fact.shapes(inputs)).get(0);
    Fact x = inputs.get(0);
    Fact indices = inputs.get(1);
    if (indices.type() != ElementType.INT64) {
      throw new ShapeException("Gather expects int64 indices, found " + indices);
    }
    boolean told = x.numbers() != null && indices.isKnown() && !x.shape().isOpen();
    return List.of(new Fact(x.type(), result, told ? looked(x, indices.tensor()) : null));
  }

  private List<Size> looked(Fact x, Tensor indices) {
    int at = x.shape().axis(axis);
    int outer = x.shape().elements(0, at);
    int n = x.shape().size(at);
    int inner = x.shape().elements(at + 1, x.shape().rank());
    int[] positions = positions(indices, n);
    List<Size> found = new ArrayList<>();
    for (int o = 0; o < outer; o++) {
      for (int position : positions) {
        int first = (o * n + position) * inner;
        found.addAll(x.numbers().subList(first, first + inner));
      }
    }
    return found;
  }

  /** Samples among the indices, or among the slices. */
  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    int at = inputs.get(0).shape().axis(axis);
    int ofX = axes.get(0);
    if (ofX == Samples.NONE) {
      return at + axes.get(1);
    }
    if (ofX == at || axes.get(1) != Samples.NONE) {
      return Samples.MIXED;
    }
    return ofX < at ? ofX : ofX - 1 + inputs.get(1).shape().rank();
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.of(0) ? Saves.inputs(1) : Saves.NOTHING;
  }

  /**
   * @throws ShapeException if an index lies beyond the axis
   */
  @Override
  public void forward(Forward call) {
    Shape x = call.input(0).shape();
    int at = x.axis(axis);
    call.backend()
        .gather(
            x.elements(0, at),
            x.size(at),
            x.elements(at + 1, x.rank()),
            positions(call.input(1), x.size(at)),
            call.input(0).buffer(),
            call.output().buffer());
  }

  /** {@code dx} sums what came of each slice. */
  @Override
  public void backward(Backward call) {
    Shape x = call.inputShapes().get(0);
    int at = x.axis(axis);
    call.backend()
        .scatterAdd(
            x.elements(0, at),
            x.size(at),
            x.elements(at + 1, x.rank()),
            positions(call.input(1), x.size(at)),
            call.outputGradient().buffer(),
            call.gradient(0).buffer());
  }

  private int[] positions(Tensor indices, int size) {
    long[] given = indices.toLongs();
    int[] positions = new int[given.length];
    for (int j = 0; j < given.length; j++) {
      long position = given[j] < 0 ? given[j] + size : given[j];
      if (position < 0 || position >= size) {
        throw new ShapeException(
            "Gather: the index " + given[j] + " lies beyond axis " + axis + " of size " + size);
      }
      positions[j] = (int) position;
    }
    return positions;
  }
}
