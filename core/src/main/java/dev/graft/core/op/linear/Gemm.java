package dev.graft.core.op.linear;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.UnaryOp;
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
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fully connected layer: {@code y = alpha op(a) op(b) + beta c}, with {@code op(a) [M,K]},
 * {@code op(b) [K,N]} and an optional c that broadcasts to {@code [M,N]}. ONNX Gemm (7, 9, 11, 13).
 *
 * @param alpha factor of the product
 * @param beta factor of c
 * @param transposeA whether a is stored as {@code [K,M]}
 * @param transposeB whether b is stored as {@code [N,K]}
 */
public record Gemm(double alpha, double beta, boolean transposeA, boolean transposeB)
    implements WeightedProduct {

  @Override
  public String type() {
    return "Gemm";
  }

  /** Either matrix may be the weight: the sums run along the axis that both share, K. */
  @Override
  public Initializer initializer(int i, Shape stored) {
    return switch (i) {
      case 0 -> Initializer.he(stored.size(transposeA ? 0 : 1));
      case 1 -> Initializer.he(stored.size(transposeB ? 1 : 0));
      default -> Initializer.ZEROS;
    };
  }

  @Override
  public OptionalInt unitAxis() {
    return transposeA ? OptionalInt.empty() : OptionalInt.of(transposeB ? 0 : 1);
  }

  @Override
  public Set<Integer> parameterInputs() {
    return Set.of(0, 1, 2);
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2, 3);
    Shape a = inputs.get(0);
    Shape b = inputs.get(1);
    if (a.rank() != 2 || b.rank() != 2) {
      throw new ShapeException("Gemm expects two matrices, found " + a + " and " + b);
    }
    Size k = a.dim(transposeA ? 0 : 1);
    if (!k.mayEqual(b.dim(transposeB ? 1 : 0))) {
      throw new ShapeException(
          "input "
              + a
              + " has "
              + k
              + " features, weight "
              + b
              + " expects "
              + b.dim(transposeB ? 1 : 0)
              + "; check the input size");
    }
    Shape y = Shape.ofSizes(a.dim(transposeA ? 1 : 0), b.dim(transposeB ? 0 : 1));
    if (inputs.size() == 3 && !Shape.broadcast(inputs.get(2), y).fits(y)) {
      throw new ShapeException("bias " + inputs.get(2) + " does not broadcast to " + y);
    }
    return List.of(y);
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    boolean rows = Samples.inFirstOnly(axes) == (transposeA ? 1 : 0);
    return rows && isShared(Fact.shapes(inputs)) ? 0 : Samples.MIXED;
  }

  /** Whether c, if there is one, looks the same to every row. */
  private static boolean isShared(List<Shape> inputs) {
    return inputs.size() < 3 || inputs.get(2).rank() < 2 || inputs.get(2).dim(0).is(1);
  }

  @Override
  public @Nullable GemmGeometry geometry(List<Shape> inputs) {
    Shape a = inputs.get(0);
    Shape b = inputs.get(1);
    int n = b.size(transposeB ? 0 : 1);
    boolean biased = inputs.size() > 2;
    boolean plain = alpha == 1 && !transposeA && (!biased || beta == 1);
    return plain && (!biased || inputs.get(2).isRow(n))
        ? GemmGeometry.of(false, transposeB, a.size(0), n, a.size(1))
        : null;
  }

  @Override
  public Saves saves(Needs needs) {
    Set<Integer> kept = new HashSet<>();
    if (needs.of(0)) {
      kept.add(1);
    }
    if (needs.of(1)) {
      kept.add(0);
    }
    return new Saves(kept, Set.of(), false);
  }

  /** A c that is not scaled is added last, as a kernel does that has it as its bias. */
  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Tensor y = call.output();
    int[] shape = y.shape().toArray();
    boolean biased = call.inputs().size() > 2 && beta != 0;
    boolean first = biased && beta != 1;
    Buffer c = biased ? call.input(2).buffer() : null;
    int[] strides = biased ? Broadcasting.strides(call.input(2).shape(), y.shape()) : null;
    if (first) {
      backend.copy(shape, c, 0, strides, 0, y.shape().strides(), y.buffer());
    }
    Shape a = call.input(0).shape();
    int k = a.size(transposeA ? 0 : 1);
    GemmGeometry g = GemmGeometry.of(transposeA, transposeB, shape[0], shape[1], k);
    backend.gemm(
        g, alpha, call.input(0).buffer(), call.input(1).buffer(), first ? beta : 0, y.buffer());
    if (biased && !first) {
      backend.binary(BinaryOp.ADD, shape, y.buffer(), y.shape().strides(), c, strides, y.buffer());
    }
  }

  /** {@code dA = alpha dY op(B)^T, dB = alpha op(A)^T dY, dC = beta Σ dY}, transposed as stored. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor dy = call.outputGradient();
    Shape a = call.inputShapes().get(0);
    int m = dy.shape().size(0);
    int n = dy.shape().size(1);
    int k = a.size(transposeA ? 0 : 1);
    if (call.needs().of(0)) {
      Buffer b = call.input(1).buffer();
      Buffer da = call.gradient(0).buffer();
      if (transposeA) {
        backend.gemm(GemmGeometry.of(transposeB, true, k, m, n), alpha, b, dy.buffer(), 0, da);
      } else {
        backend.gemm(GemmGeometry.of(false, !transposeB, m, k, n), alpha, dy.buffer(), b, 0, da);
      }
    }
    if (call.needs().of(1)) {
      Buffer left = call.input(0).buffer();
      Buffer db = call.gradient(1).buffer();
      if (transposeB) {
        backend.gemm(GemmGeometry.of(true, transposeA, n, k, m), alpha, dy.buffer(), left, 0, db);
      } else {
        backend.gemm(GemmGeometry.of(!transposeA, false, k, n, m), alpha, left, dy.buffer(), 0, db);
      }
    }
    if (call.needs().of(2)) {
      Tensor dc = call.gradient(2);
      Broadcasting.sumTo(backend, dy, dc);
      if (beta != 1) {
        int count = dc.shape().elements();
        backend.unary(UnaryOp.AFFINE, beta, 0, count, dc.buffer(), dc.buffer());
      }
    }
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    Shape a = inputs.get(0);
    return (long) outputShapes(inputs).get(0).elements() * a.size(transposeA ? 0 : 1);
  }
}
