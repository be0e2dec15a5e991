package dev.graft.core.op.recurrent;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;

/**
 * A function of each element within a recurrent cell, with its coefficients.
 *
 * @param kernel computes it
 * @param alpha the kernel's first coefficient
 * @param beta the kernel's second coefficient
 */
public record Activation(UnaryOp kernel, double alpha, double beta) {

  /** Logistic function: what opens and closes gates. */
  public static final Activation SIGMOID = new Activation(UnaryOp.SIGMOID, 0, 0);

  /** Hyperbolic tangent. */
  public static final Activation TANH = new Activation(UnaryOp.TANH, 0, 0);

  /** {@code y = f(x)} over n elements; y may be x. */
  void apply(Backend backend, int n, Buffer x, Buffer y) {
    backend.unary(kernel, alpha, beta, n, x, y);
  }

  /** {@code dx = dy f'} over n elements, of the input and the output; dx may be dy. */
  void gradient(Backend backend, int n, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    backend.unaryGradient(kernel, alpha, beta, n, kernel.savesInput() ? x : y, dy, dx);
  }
}
