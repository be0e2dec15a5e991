package dev.graft.kernels.opencl.convolution;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.product.Contraction;
import dev.graft.kernels.opencl.product.Phase;
import dev.graft.kernels.opencl.product.Tile;
import dev.graft.kernels.opencl.product.TileChoice;
import dev.graft.kernels.opencl.product.Tiling;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions with groups so small that a matrix product would fill its tiles with nothing: {@code
 * depthwise.cl}. Each output channel reads the few input channels of its group.
 */
final class Depthwise {

  /** Input channels of a group up to which this beats tiles that are mostly empty. */
  private static final int MOST_INPUTS = 4;

  private static final int GPU_ITEMS = 256;

  private static final Tiling UNTILED = new Tiling(1, 1, 1, 1);

  private final DeviceKernel forward;
  private final DeviceKernel weight;
  private final int vector;
  private final int items;

  Depthwise(Programs programs, TileChoice tiles) {
    OpenClDevice device = programs.context().device();
    vector = tiles.large() instanceof Tile.Cpu cpu ? cpu.vector() : 1;
    items = vector > 1 ? 1 : Integer.highestOneBit(Math.min(GPU_ITEMS, device.maxWorkGroup()));
    String options = "-DVECTOR=" + vector + " -DITEMS=" + items;
    String files = "lanes+contraction+depthwise";
    forward = programs.kernel(files, "depthwise", options);
    weight = programs.kernel(files, "depthwise_weight", options);
  }

  static boolean takes(ConvGeometry g) {
    return g.groups() > 1 && g.inChannels() / g.groups() <= MOST_INPUTS;
  }

  static boolean takesGradientInput(ConvGeometry g) {
    return g.groups() > 1 && g.outChannels() / g.groups() <= MOST_INPUTS;
  }

  static boolean takesGradientWeight(ConvGeometry g) {
    return g.isDepthwise();
  }

  void forward(
      ConvGeometry g,
      Epilogue epilogue,
      Buffer x,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    Contraction c = outputs(g);
    run(c, g.batch(), c.image().taps(), epilogue, x, w, bias, residual, y);
  }

  /**
   * The pixels of one phase of dx.
   *
   * @param weights turned, {@code [inChannel, outChannel of its group, tap]}
   */
  void gradientInput(
      ConvGeometry g, Phase rows, Phase columns, Buffer dy, Buffer weights, Buffer dx) {
    Contraction of = Contraction.gradientInput(g, rows, columns);
    int groupOut = g.outChannels() / g.groups();
    Contraction c = channels(of, g.inChannels(), groupOut, g.inChannels() / g.groups());
    run(c, g.batch(), rows.taps() * columns.taps(), Epilogue.NONE, dy, weights, null, null, dx);
  }

  private static Contraction outputs(ConvGeometry g) {
    int groupIn = g.inChannels() / g.groups();
    int groupOut = g.outChannels() / g.groups();
    return channels(Contraction.forward(g), g.outChannels(), groupIn, groupOut);
  }

  /** The fields that mean something else here: see {@code depthwise.cl}. */
  private static Contraction channels(Contraction c, int channels, int inputs, int outputs) {
    return new Contraction(
        c.left(),
        Contraction.Right.PATCHES,
        1,
        channels,
        c.n(),
        inputs,
        new Contraction.Strides(0, 0, 0, outputs, 0),
        c.output(),
        c.grid(),
        c.image());
  }

  private void run(
      Contraction c,
      int images,
      int taps,
      Epilogue epilogue,
      Buffer x,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    int rows = c.grid().plane() / Math.max(1, c.grid().width());
    int runs = Tiling.groups(c.grid().width(), vector);
    int[] scale = {
      Float.floatToRawIntBits(1),
      0,
      Float.floatToRawIntBits((float) epilogue.alpha()),
      Float.floatToRawIntBits((float) epilogue.beta())
    };
    Launch launch = forward.launch().struct(c.struct(UNTILED, epilogue)).struct(scale);
    launch.integer(rows).integer(taps).buffer(x).buffer(w).buffer(bias == null ? y : bias);
    launch.buffer(residual == null ? y : residual).buffer(y);
    launch.over((long) runs * rows, c.m(), images);
  }

  void gradientWeight(ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
    Contraction c = outputs(g);
    int rows = c.grid().plane() / c.grid().width();
    Launch launch = weight.launch().struct(c.struct(UNTILED, Epilogue.NONE));
    launch.integer(rows).integer(g.batch()).buffer(x).buffer(dy).buffer(dw);
    launch.groups(new long[] {c.image().taps(), g.outChannels()}, new long[] {items, 1});
  }
}
