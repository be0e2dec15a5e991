package dev.graft.kernels.opencl.elementwise;

import dev.graft.core.backend.Buffer;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;

/** {@code optimizer.cl}. */
public final class OptimizerSteps {

  private static final String FILE = "optimizer";

  private final DeviceKernel sgd;
  private final DeviceKernel momentum;
  private final DeviceKernel adamW;

  public OptimizerSteps(Programs programs) {
    sgd = programs.kernel(FILE, "sgd");
    momentum = programs.kernel(FILE, "sgd_momentum");
    adamW = programs.kernel(FILE, "adam_w");
  }

  public void sgd(
      int n,
      double rate,
      double momentum,
      boolean nesterov,
      double decay,
      Buffer g,
      Buffer v,
      Buffer w) {
    if (momentum == 0) {
      sgd.launch().integer(n).real(rate).real(decay).buffer(g).buffer(w).over(n);
      return;
    }
    Launch launch = this.momentum.launch().integer(n).real(rate).real(momentum);
    launch.integer(nesterov ? 1 : 0).real(decay).buffer(g).buffer(v).buffer(w).over(n);
  }

  public void adamW(
      int n,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double decay,
      int step,
      Buffer g,
      Buffer m,
      Buffer v,
      Buffer w) {
    double correction1 = 1 - StrictMath.pow(beta1, step);
    double correction2 = 1 - StrictMath.pow(beta2, step);
    Launch launch = adamW.launch().integer(n).real(rate / correction1).real(1 - rate * decay);
    launch.real(beta1).real(1 - beta1).real(beta2).real(1 - beta2);
    launch.real(1 / Math.sqrt(correction2)).real(epsilon);
    launch.buffer(g).buffer(m).buffer(v).buffer(w).over(n);
  }
}
