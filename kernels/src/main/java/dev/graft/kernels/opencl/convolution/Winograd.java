package dev.graft.kernels.opencl.convolution;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.product.Contraction;
import dev.graft.kernels.opencl.product.Contractions;
import dev.graft.kernels.opencl.product.Divisor;
import dev.graft.kernels.opencl.product.Phase;
import dev.graft.kernels.opencl.product.Tile;
import dev.graft.kernels.opencl.product.Tiling;
import dev.graft.kernels.opencl.runtime.ClBuffer;
import dev.graft.kernels.opencl.runtime.ClContext;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.DeviceMemory;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.ScratchMemory;
import org.jspecify.annotations.Nullable;

/**
 * 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3), forward and to the input: {@code
 * winograd.cl} before and behind a batch of 36 products.
 *
 * <p>Not F(2x2, 3x3), which rounds less: it saves 2.25 times the multiplications instead of 4, its
 * transforms hold 4 numbers a pixel instead of 2.25, and the contract allows for the larger one's
 * errors, so that a second set of kernels would have nothing to be better at.
 *
 * <p>Tiles are taken in parts, so that what passes from one kernel to the next has a bound: {@link
 * WinogradRule#scratch}, and {@link WinogradRule#MOST_WEIGHTS} for weights that change. A plan does
 * not count them, no more than the parts of a split product.
 */
final class Winograd {

  /** Numbers of a transformed tile: products for each pair of channels. */
  static final int POSITIONS = 36;

  /** Outputs of a tile along each axis. */
  static final int SIDE = 4;

  /** Pairs of channels of a work-group, each way: see {@code winograd.cl}. */
  private static final int SQUARE = 16;

  /** Tiles of a part, but for the last: whole tiles of any product. */
  private static final int STEP = 128;

  private static final Tiling UNTILED = new Tiling(1, 1, 1, 1);

  private final Contractions contractions;
  private final ClContext context;
  private final WinogradRule rule;
  private final ScratchMemory changingWeights;
  private final ScratchMemory passing;
  private final DeviceKernel weights;
  private final DeviceKernel input;
  private final DeviceKernel output;
  private final int vector;

  Winograd(Programs programs, DeviceMemory memory, Contractions contractions, Precision precision) {
    this.contractions = contractions;
    context = programs.context();
    vector = contractions.tiles().large() instanceof Tile.Cpu cpu ? cpu.vector() : 1;
    rule = WinogradRule.of(vector > 1, precision);
    changingWeights = new ScratchMemory(memory);
    passing = new ScratchMemory(memory);
    String files = "lanes+contraction+winograd";
    String options = "-DVECTOR=" + vector;
    weights = programs.kernel(files, "winograd_weights", options);
    input = programs.kernel(files, "winograd_input", options);
    output = programs.kernel(files, "winograd_output", options);
  }

  /** Whether convolutions of this geometry, and their gradients to the input, go this way. */
  boolean takes(ConvGeometry g) {
    return rule.takes(g);
  }

  /** Elements of the transformed weights. */
  static int weightElements(ConvGeometry g) {
    return POSITIONS * g.outChannels() * g.inChannels();
  }

  /** The weights of {@link #forward}, {@code u [36, inChannels, outChannels]}. */
  void transform(ConvGeometry g, Buffer w, Buffer u) {
    transform(g.inChannels(), g.outChannels(), 9, 9 * g.inChannels(), false, w, u);
  }

  private void transform(
      int channels,
      int outputs,
      int channelStride,
      int outputStride,
      boolean turned,
      Buffer w,
      Buffer u) {
    Launch launch = weights.launch();
    launch.struct(channels, outputs, channelStride, outputStride, turned ? 1 : 0);
    launch.buffer(w).buffer(u);
    launch.groups(
        new long[] {Tiling.groups(outputs, SQUARE), Tiling.groups(channels, SQUARE)},
        new long[] {SQUARE, SQUARE});
  }

  /** {@code y = activation(conv(x, w) + bias + residual)} with weights as they are. */
  void forwardChanging(
      ConvGeometry g,
      Epilogue epilogue,
      Buffer x,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    context.lock();
    try {
      Buffer u = changingWeights.of(weightElements(g));
      transform(g, w, u);
      forward(g, epilogue, x, u, bias, residual, y);
    } finally {
      context.unlock();
    }
  }

  /** The same with weights that {@link #transform} has transformed. */
  void forward(
      ConvGeometry g,
      Epilogue epilogue,
      Buffer x,
      Buffer u,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    run(Contraction.forward(g), g.batch(), g.inChannels(), epilogue, x, u, bias, residual, y);
  }

  /** {@code dx}: a convolution of dy, with weights turned by 180 degrees. */
  void gradientInput(ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
    // Of stride 1: all pixels are of one phase.
    Phase rows = Phase.of(g.inHeight(), 3, 1, 1, g.padTop()).get(0);
    Phase columns = Phase.of(g.inWidth(), 3, 1, 1, g.padLeft()).get(0);
    Contraction c = Contraction.gradientInput(g, rows, columns);
    context.lock();
    try {
      Buffer u = changingWeights.of(weightElements(g));
      transform(g.outChannels(), g.inChannels(), 9 * g.inChannels(), 9, true, w, u);
      run(c, g.batch(), g.outChannels(), Epilogue.NONE, dy, u, null, null, dx);
    } finally {
      context.unlock();
    }
  }

  /**
   * @param c the direct product
   * @param channels that are summed over
   */
  private void run(
      Contraction c,
      int images,
      int channels,
      Epilogue epilogue,
      Buffer x,
      Buffer u,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    int across = Tiling.groups(c.grid().width(), SIDE);
    int plane = across * Tiling.groups(c.grid().plane() / c.grid().width(), SIDE);
    int all = Math.multiplyExact(images, plane);
    long most = rule.scratch() / ((long) POSITIONS * (channels + c.m())) / STEP * STEP;
    int part = (int) Math.min(all, Math.max(STEP, most));
    Divisor byAcross = Divisor.of(across);
    Divisor byPlane = Divisor.of(plane);
    int[] sizes = c.struct(UNTILED, epilogue);
    int[] scale = {bits(1), 0, bits(epilogue.alpha()), bits(epilogue.beta())};
    int widest = padded(part);
    int inputs = POSITIONS * channels * widest;
    context.lock();
    try {
      ClBuffer passed = passing.of(inputs + POSITIONS * c.m() * widest);
      Buffer v = passed.slice(0, inputs);
      Buffer products = passed.slice(inputs, passed.length() - inputs);
      for (int first = 0; first < all; first += part) {
        int end = Math.min(all, first + part);
        int count = padded(end - first);
        int[] tiles = {
          channels,
          across,
          plane,
          first,
          end,
          count,
          byAcross.multiplier(),
          byAcross.shift(),
          byPlane.multiplier(),
          byPlane.shift()
        };
        Launch before = input.launch().struct(sizes).struct(tiles).buffer(x).buffer(v);
        before.over(count / vector, channels);
        product(c.m(), count, channels, u, v, products);
        Launch behind = output.launch().struct(sizes).struct(scale).struct(tiles);
        behind.buffer(products).buffer(bias == null ? y : bias);
        behind.buffer(residual == null ? y : residual).buffer(y);
        behind.over(count / vector, c.m());
      }
    } finally {
      context.unlock();
    }
  }

  /** Whole vectors of tiles. */
  private int padded(int tiles) {
    return Tiling.groups(tiles, vector) * vector;
  }

  private void product(int m, int n, int k, Buffer u, Buffer v, Buffer products) {
    GemmGeometry g = new GemmGeometry(POSITIONS, true, false, m, n, k, k * m, k * n, m * n);
    contractions.run(Contraction.of(g), 1, u, v, 0, Epilogue.NONE, null, null, products);
  }

  private static int bits(double value) {
    return Float.floatToRawIntBits((float) value);
  }
}
