package dev.graft.core.op.linear;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Matrix product under NumPy's rules: {@code [...,M,K] [...,K,N] -> [...,M,N]}, where the leading
 * axes broadcast and a vector counts as a row on the left or a column on the right. ONNX MatMul (1,
 * 9, 13).
 */
public record MatMul() implements WeightedProduct {

  @Override
  public String type() {
    return "MatMul";
  }

  @Override
  public boolean leavesBias() {
    return true;
  }

  /** Either operand may be the weight: the sums run along the axis that both share, K. */
  @Override
  public Initializer initializer(int i, Shape stored) {
    return Initializer.he(stored.size(i == 0 || stored.rank() == 1 ? -1 : -2));
  }

  @Override
  public OptionalInt unitAxis() {
    return OptionalInt.of(-1);
  }

  @Override
  public Set<Integer> parameterInputs() {
    return Set.of(0, 1);
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    return List.of(result(inputs.get(0), inputs.get(1)));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    Shape a = inputs.get(0).shape();
    Shape b = inputs.get(1).shape();
    int axis = axes.get(0);
    if (b.rank() <= 2) {
      // Samples among the rows of a, or among its matrices.
      boolean summed = axis == a.rank() - 1;
      return summed ? Samples.MIXED : Samples.inFirstOnly(axes);
    }
    boolean leading = axis < a.rank() - 2 && axes.get(1) < b.rank() - 2;
    return leading ? Samples.broadcast(List.of(matrices(a), matrices(b)), axes) : Samples.MIXED;
  }

  @Override
  public @Nullable GemmGeometry geometry(List<Shape> inputs) {
    Shape a = inputs.get(0);
    Shape b = inputs.get(1);
    return b.rank() == 2
        ? GemmGeometry.of(false, false, a.elements(0, a.rank() - 1), b.size(1), b.size(0))
        : null;
  }

  @Override
  public Saves saves(Needs needs) {
    Set<Integer> kept = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      if (needs.of(i)) {
        kept.add(1 - i);
      }
    }
    return new Saves(kept, Set.of(), false);
  }

  private static Shape result(Shape a, Shape b) {
    if (a.rank() == 0 || b.rank() == 0) {
      throw new ShapeException("MatMul expects no scalars, found " + a + " and " + b);
    }
    Size features = b.dim(b.rank() == 1 ? 0 : -2);
    if (!a.dim(-1).mayEqual(features)) {
      throw new ShapeException(
          "input " + a + " has " + a.dim(-1) + " features, weight " + b + " expects " + features);
    }
    List<Size> sizes = new ArrayList<>(Shape.broadcast(matrices(a), matrices(b)).dims());
    if (a.rank() > 1) {
      sizes.add(a.dim(-2));
    }
    if (b.rank() > 1) {
      sizes.add(b.dim(-1));
    }
    return Shape.ofSizes(sizes);
  }

  /** The axes along which an operand holds matrices. */
  private static Shape matrices(Shape operand) {
    return operand.axes(0, Math.max(0, operand.rank() - 2));
  }

  /** The operands that are repeated, in order. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    Product p = Product.of(inputs.get(0), inputs.get(1));
    List<Shape> shapes = new ArrayList<>();
    if (p.spreadsA()) {
      shapes.add(p.fullA());
    }
    if (p.spreadsB()) {
      shapes.add(p.fullB());
    }
    return shapes;
  }

  /** For each gradient the other operand, where it is repeated, and what is summed afterwards. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    Product p = Product.of(inputs.get(0), inputs.get(1));
    List<Shape> shapes = new ArrayList<>();
    if (needs.of(0) && p.spreadsB()) {
      shapes.add(p.fullB());
    }
    if (needs.of(0) && p.sumsA()) {
      shapes.add(p.fullA());
    }
    if (needs.of(1) && p.spreadsA()) {
      shapes.add(p.fullA());
    }
    if (needs.of(1) && p.sumsB()) {
      shapes.add(p.fullB());
    }
    return shapes;
  }

  @Override
  public void forward(Forward call) {
    Product p = Product.of(call.input(0).shape(), call.input(1).shape());
    int next = 0;
    Tensor a = call.input(0).reshape(p.a());
    if (p.spreadsA()) {
      a = spread(call.backend(), a, call.temporary(next++));
    }
    Tensor b = call.input(1).reshape(p.b());
    if (p.spreadsB()) {
      b = spread(call.backend(), b, call.temporary(next));
    }
    call.backend()
        .gemm(
            p.geometry(false, false, p.m(), p.n(), p.k(), p.batchOfA() > 1, p.batchOfB() > 1),
            1,
            a.buffer(),
            b.buffer(),
            0,
            call.output().buffer());
  }

  /** {@code dA = dY B^T, dB = A^T dY}, summed over the axes along which each was repeated. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Product p = Product.of(call.inputShapes().get(0), call.inputShapes().get(1));
    Tensor dy = call.outputGradient();
    int next = 0;
    if (call.needs().of(0)) {
      Tensor b = call.input(1).reshape(p.b());
      if (p.spreadsB()) {
        b = spread(backend, b, call.temporary(next++));
      }
      Tensor da = call.gradient(0).reshape(p.a());
      Tensor full = p.sumsA() ? call.temporary(next++) : da;
      backend.gemm(
          p.geometry(false, true, p.m(), p.k(), p.n(), true, p.batchOfB() > 1),
          1,
          dy.buffer(),
          b.buffer(),
          0,
          full.buffer());
      if (p.sumsA()) {
        Broadcasting.sumTo(backend, full, da);
      }
    }
    if (call.needs().of(1)) {
      Tensor a = call.input(0).reshape(p.a());
      if (p.spreadsA()) {
        a = spread(backend, a, call.temporary(next++));
      }
      Tensor db = call.gradient(1).reshape(p.b());
      Tensor full = p.sumsB() ? call.temporary(next) : db;
      backend.gemm(
          p.geometry(true, false, p.k(), p.n(), p.m(), p.batchOfA() > 1, true),
          1,
          a.buffer(),
          dy.buffer(),
          0,
          full.buffer());
      if (p.sumsB()) {
        Broadcasting.sumTo(backend, full, db);
      }
    }
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    return (long) result(inputs.get(0), inputs.get(1)).elements() * inputs.get(0).size(-1);
  }

  /** An operand repeated to the full batch. */
  private static Tensor spread(Backend backend, Tensor x, Tensor repeated) {
    Shape full = repeated.shape();
    backend.copy(
        full.toArray(),
        x.buffer(),
        0,
        Broadcasting.strides(x.shape(), full),
        0,
        full.strides(),
        repeated.buffer());
    return repeated;
  }

  /** Two operands as stacks of matrices: their shapes with vectors promoted. */
  private record Product(Shape a, Shape b, Shape batch) {

    /** Of operands that fit. */
    static Product of(Shape a, Shape b) {
      Shape left = a.rank() == 1 ? Shape.of(1, a.size(0)) : a;
      Shape right = b.rank() == 1 ? Shape.of(b.size(0), 1) : b;
      if (matrices(right).elements() == 1) {
        // One right operand for all (a weight): a single tall product, and one sum for its
        // gradient.
        return new Product(
            Shape.of(left.elements(0, left.rank() - 1), left.size(-1)),
            Shape.of(right.size(-2), right.size(-1)),
            Shape.SCALAR);
      }
      return new Product(left, right, Shape.broadcast(matrices(left), matrices(right)));
    }

    int m() {
      return a.size(-2);
    }

    int n() {
      return b.size(-1);
    }

    int k() {
      return a.size(-1);
    }

    int batchSize() {
      return batch.elements();
    }

    int batchOfA() {
      return matrices(a).elements();
    }

    int batchOfB() {
      return matrices(b).elements();
    }

    /** Whether a is neither shared by all products nor full already. */
    boolean spreadsA() {
      return batchOfA() != 1 && batchOfA() != batchSize();
    }

    boolean spreadsB() {
      return batchOfB() != 1 && batchOfB() != batchSize();
    }

    /** Whether the gradient to a is summed over products. */
    boolean sumsA() {
      return a.elements() != fullA().elements();
    }

    boolean sumsB() {
      return b.elements() != fullB().elements();
    }

    Shape fullA() {
      return full(m(), k());
    }

    Shape fullB() {
      return full(k(), n());
    }

    Shape full(int rows, int columns) {
      int[] sizes = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
      sizes[batch.rank()] = rows;
      sizes[batch.rank() + 1] = columns;
      return Shape.of(sizes);
    }

    GemmGeometry geometry(
        boolean transposeA,
        boolean transposeB,
        int rows,
        int columns,
        int inner,
        boolean ownA,
        boolean ownB) {
      return new GemmGeometry(
          batchSize(),
          transposeA,
          transposeB,
          rows,
          columns,
          inner,
          ownA ? rows * inner : 0,
          ownB ? inner * columns : 0,
          rows * columns);
    }
  }
}
