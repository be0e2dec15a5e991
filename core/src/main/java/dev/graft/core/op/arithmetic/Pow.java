package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Pairwise;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Set;

/** {@code a} to the power of {@code b} with broadcasting. ONNX Pow (7, 12, 13, 15). */
public record Pow() implements Pairwise {

  @Override
  public String type() {
    return "Pow";
  }

  @Override
  public BinaryOp kernel() {
    return BinaryOp.POW;
  }

  @Override
  public Saves saves(Needs needs) {
    Set<Integer> outputs = needs.of(1) ? Set.of(0) : Set.of();
    Set<Integer> inputs = needs.of(0) ? Set.of(0, 1) : needs.of(1) ? Set.of(0) : Set.of();
    return new Saves(inputs, outputs, false);
  }

  /** A share of dy before it is summed, the exponents less 1, the logarithms of the bases. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of(Shape.broadcast(inputs.get(0), inputs.get(1)), inputs.get(1), inputs.get(0));
  }

  /**
   * {@code da = Σ dy b a^(b-1), db = Σ dy y log a} over the repeated axes of each; nothing comes of
   * an exponent of 0 to its base, nor of a base of 0 to its exponent.
   */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor a = call.input(0);
    Tensor share = call.temporary(0);
    if (call.needs().of(0)) {
      Tensor b = call.input(1);
      Tensor less = call.temporary(1);
      int n = b.shape().elements();
      backend.unary(UnaryOp.AFFINE, 1, -1, n, b.buffer(), less.buffer());
      Broadcasting.binary(backend, BinaryOp.POW, a, less, share);
      Broadcasting.binary(backend, BinaryOp.MUL, share, b, share);
      Broadcasting.binary(backend, BinaryOp.KEEP, share, b, share);
      give(call, share, 0);
    }
    if (call.needs().of(1)) {
      Buffer logarithms = call.temporary(2).buffer();
      backend.unary(UnaryOp.LOG, 0, 0, a.shape().elements(), a.buffer(), logarithms);
      Broadcasting.binary(backend, BinaryOp.MUL, call.output(), call.temporary(2), share);
      Broadcasting.binary(backend, BinaryOp.KEEP, share, a, share);
      give(call, share, 1);
    }
  }

  private static void give(Backward call, Tensor derivative, int i) {
    Broadcasting.binary(
        call.backend(), BinaryOp.MUL, derivative, call.outputGradient(), derivative);
    Broadcasting.sumTo(call.backend(), derivative, call.gradient(i));
  }
}
