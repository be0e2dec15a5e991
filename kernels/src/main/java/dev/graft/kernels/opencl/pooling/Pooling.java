package dev.graft.kernels.opencl.pooling;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import org.jspecify.annotations.Nullable;

/** {@code pooling.cl}. */
public final class Pooling {

  private static final String FILE = "pooling";

  private final DeviceKernel max;
  private final DeviceKernel maxGradient;
  private final DeviceKernel average;
  private final DeviceKernel averageGradient;

  public Pooling(Programs programs) {
    max = programs.kernel(FILE, "max_pool");
    maxGradient = programs.kernel(FILE, "max_pool_gradient");
    average = programs.kernel(FILE, "average_pool");
    averageGradient = programs.kernel(FILE, "average_pool_gradient");
  }

  public void max(PoolGeometry g, Buffer x, @Nullable Buffer winners, Buffer y) {
    // A kernel's parameter must be some memory object: y stands for winners that nobody wants.
    Launch launch = max.launch().struct(struct(g)).buffer(x).integer(winners == null ? 0 : 1);
    launch.buffer(winners == null ? y : winners).buffer(y).over(g.outPlane(), g.planes());
  }

  public void maxGradient(PoolGeometry g, Buffer winners, Buffer dy, Buffer dx) {
    Launch launch = maxGradient.launch().struct(struct(g)).buffer(winners);
    launch.buffer(dy).buffer(dx).over(g.inPlane(), g.planes());
  }

  public void average(PoolGeometry g, Buffer x, Buffer y) {
    Launch launch = average.launch().struct(struct(g)).buffer(x).buffer(y);
    launch.over(g.outPlane(), g.planes());
  }

  public void averageGradient(PoolGeometry g, Buffer dy, Buffer dx) {
    Launch launch = averageGradient.launch().struct(struct(g)).buffer(dy).buffer(dx);
    launch.over(g.inPlane(), g.planes());
  }

  private static int[] struct(PoolGeometry g) {
    return new int[] {
      g.planes(),
      g.inHeight(),
      g.inWidth(),
      g.outHeight(),
      g.outWidth(),
      g.kernelHeight(),
      g.kernelWidth(),
      g.strideHeight(),
      g.strideWidth(),
      g.dilationHeight(),
      g.dilationWidth(),
      g.padTop(),
      g.padLeft(),
      g.padBottom(),
      g.padRight(),
      g.countIncludePad() ? 1 : 0
    };
  }
}
