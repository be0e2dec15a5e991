package dev.graft.kernels.opencl.convolution;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;

/** {@code columns.cl}: images unfolded into the patches that a convolution sees, and back. */
public final class Columns {

  private final DeviceKernel unfold;
  private final DeviceKernel fold;

  public Columns(Programs programs) {
    unfold = programs.kernel("columns", "im2col");
    fold = programs.kernel("columns", "col2im");
  }

  public void im2col(ConvGeometry g, int image, int group, Buffer x, Buffer columns) {
    Launch launch = unfold.launch().struct(struct(g)).buffer(x, start(g, image, group));
    launch.buffer(columns).over(g.outPlane(), g.patch());
  }

  public void col2im(ConvGeometry g, int image, int group, Buffer columns, Buffer dx) {
    Launch launch = fold.launch().struct(struct(g)).buffer(columns);
    launch.buffer(dx, start(g, image, group)).over(g.inPlane(), g.inChannels() / g.groups());
  }

  /** The first element of a group of an image. */
  private static int start(ConvGeometry g, int image, int group) {
    return (image * g.inChannels() + group * (g.inChannels() / g.groups())) * g.inPlane();
  }

  private static int[] struct(ConvGeometry g) {
    return new int[] {
      g.inChannels() / g.groups(),
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
      g.padLeft()
    };
  }
}
