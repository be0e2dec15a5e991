package dev.graft.core.op;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.reference.ReferenceBackend;
import java.util.List;

/**
 * The derivative as {@code (f(x + h) - f(x - h)) / 2h}. In single precision its rounding error
 * would hide a wrong gradient, so it refuses a backend that keeps fewer digits than a double.
 *
 * <p>Its error has two parts. Truncation: {@code h^2 / 6 |f'''|}; inputs are of order 1 and the
 * functions smooth there, so that {@code |f'''|} is at most some hundred times the size s of the
 * loss's terms (the steepest are Distillation at T = 0.5, products of three factors, and 1/x at 0.5
 * with 6 / 0.5^4 = 96). Rounding: {@code eps n s / h}, where the terms pass through n roundings on
 * their way, of which some ten do not cancel. With {@code h = 1e-5}: {@code 1e-10 / 6 * 300 s +
 * 2.2e-16 * 10 s / 1e-5 < 6e-9 s}. A wrong rule is off by about s.
 */
final class CentralDifferences {

  private static final double STEP = 1e-5;
  private static final double RELATIVE_ERROR = 6e-9;

  private final Backend backend;

  /**
   * @throws IllegalArgumentException if the backend computes in less than double precision
   */
  CentralDifferences(Backend backend) {
    if (!isDouble(backend)) {
      throw new IllegalArgumentException(
          "central differences need double precision; the backend "
              + backend.name()
              + " has less, use "
              + new ReferenceBackend().name());
    }
    this.backend = backend;
  }

  /** Whether {@code (1 + 2^-50) - 1} is not lost. */
  private static boolean isDouble(Backend backend) {
    Buffer one = backend.allocate(1);
    backend.fill(1, 1, one);
    backend.unary(UnaryOp.AFFINE, 1, 0x1p-50, 1, one, one);
    backend.unary(UnaryOp.AFFINE, 1, -1, 1, one, one);
    float[] rest = new float[1];
    backend.download(one, 1, rest, 0);
    return rest[0] == 0x1p-50f;
  }

  /**
   * The derivative of the case's loss to every element of one input.
   *
   * @param judged the outputs that the loss depends on
   */
  double[] of(OpCase c, int input, List<Integer> judged) {
    Needs none = Needs.none(c.inputs().size());
    double[][] inputs = c.draw();
    double[] x = inputs[input];
    double[] derivative = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double at = x[i];
      double h = STEP * Math.max(1, Math.abs(at));
      // What is added is not quite h: x + h is rounded.
      double above = at + h;
      double below = at - h;
      x[i] = above;
      double upper = OpRun.of(backend, c, inputs, none, judged).loss();
      x[i] = below;
      double lower = OpRun.of(backend, c, inputs, none, judged).loss();
      x[i] = at;
      derivative[i] = (upper - lower) / (above - below);
    }
    return derivative;
  }

  /** How far {@link #of} may be from the truth, for a run of the same case. */
  static double tolerance(OpRun run) {
    return RELATIVE_ERROR * Math.max(1, run.scale());
  }
}
