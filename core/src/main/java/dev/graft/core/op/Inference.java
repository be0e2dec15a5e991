package dev.graft.core.op;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** What most operations tell of their outputs, see {@link Op#infer}. */
final class Inference {

  private Inference() {}

  /** The rule of {@link Op#infer}. */
  static List<Fact> of(Op op, List<@Nullable Fact> inputs) {
    List<Shape> outputs = op.outputShapes(Fact.shapes(inputs));
    ElementType type = ElementType.FLOAT32;
    for (Fact input : inputs) {
      type = input != null && !input.isFloat() ? input.type() : type;
    }
    if (type == ElementType.FLOAT32) {
      return outputs.stream().map(Fact::of).toList();
    }
    for (Fact input : inputs) {
      boolean takes = op.movesElements() || op.onNumbers() != null;
      if (input != null && (input.type() != type || !takes)) {
        throw new ShapeException(
            op.type() + " does not compute with whole numbers, found " + inputs + "; cast them");
      }
    }
    BinaryOperator<Size> arithmetic = op.onNumbers();
    return arithmetic == null
        ? moved(op, inputs, outputs, type)
        : List.of(computed(arithmetic, inputs.get(0), inputs.get(1), outputs.get(0)));
  }

  private static Fact computed(BinaryOperator<Size> arithmetic, Fact a, Fact b, Shape shape) {
    if (a.numbers() == null || b.numbers() == null || shape.isOpen()) {
      return Fact.of(a.type(), shape);
    }
    int[] left = Broadcasting.strides(a.shape(), shape);
    int[] right = Broadcasting.strides(b.shape(), shape);
    List<Size> results = new ArrayList<>();
    for (int i = 0; i < shape.elements(); i++) {
      Size x = a.numbers().get(position(i, shape, left));
      results.add(arithmetic.apply(x, b.numbers().get(position(i, shape, right))));
    }
    return new Fact(a.type(), shape, results);
  }

  /** Where the element at place {@code index} of {@code shape} lies in an operand. */
  private static int position(int index, Shape shape, int[] strides) {
    int position = 0;
    int rest = index;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      position += rest % shape.size(axis) * strides[axis];
      rest /= shape.size(axis);
    }
    return position;
  }

  private static List<Fact> moved(
      Op op, List<@Nullable Fact> inputs, List<Shape> outputs, ElementType type) {
    List<Size> all = new ArrayList<>();
    List<Tensor> positions = new ArrayList<>();
    boolean told = outputs.stream().noneMatch(Shape::isOpen);
    for (Fact input : inputs) {
      List<Size> numbers = input == null ? null : input.numbers();
      told &= numbers != null;
      if (told) {
        positions.add(positions(input.shape(), all.size()));
        all.addAll(numbers);
      }
    }
    List<Fact> facts = new ArrayList<>();
    List<Tensor> results = told ? run(op, positions, outputs) : List.of();
    for (int i = 0; i < outputs.size(); i++) {
      facts.add(new Fact(type, outputs.get(i), told ? picked(all, results.get(i)) : null));
    }
    return facts;
  }

  /** The numbers from {@code first} on, which take the way of the elements. */
  private static Tensor positions(Shape shape, int first) {
    double[] values = new double[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + i;
    }
    return new Tensor(shape, new ReferenceBackend.DoubleBuffer(values, 0, values.length));
  }

  private static List<Tensor> run(Op op, List<Tensor> inputs, List<Shape> outputs) {
    ReferenceBackend backend = new ReferenceBackend();
    if (op.isView()) {
      return List.of(inputs.get(0).reshape(outputs.get(0)));
    }
    List<Shape> shapes = inputs.stream().map(Tensor::shape).toList();
    List<Tensor> results = allocated(backend, outputs);
    List<Tensor> scratch = allocated(backend, op.scratchShapes(shapes, Needs.none(shapes.size())));
    List<Tensor> temporaries = allocated(backend, op.forwardTemporaries(shapes));
    op.forward(new Forward(backend, inputs, results, scratch, temporaries, 0));
    return results;
  }

  private static List<Tensor> allocated(ReferenceBackend backend, List<Shape> shapes) {
    return shapes.stream().map(shape -> Tensor.allocate(backend, shape)).toList();
  }

  private static List<Size> picked(List<Size> from, Tensor positions) {
    ReferenceBackend backend = new ReferenceBackend();
    List<Size> picked = new ArrayList<>();
    for (double at : backend.values(positions.buffer(), positions.shape().elements())) {
      picked.add(from.get((int) at));
    }
    return picked;
  }
}
