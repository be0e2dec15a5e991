package dev.graft.kernels.simd.blocked;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;

/**
 * The innermost product of a convolution on blocks: some pixels by one to three blocks of output
 * channels, held in registers while one flat loop runs over all channels and taps.
 *
 * <pre>
 *            [ w0 | w1 | w2 ]  weights of step q, a vector for each block
 *   pixel 0  [ s  | s  | s  ]  x[pixel 0 + steps[q]], broadcast
 *   pixel 1  [ s  | s  | s  ]
 *     …
 * </pre>
 *
 * <p>Where an input element lies is the sum of a pixel's place and a step's (indirect convolution,
 * Dukhan 2019, with the table of steps shared by all pixels), so that strides, paddings and layouts
 * of x cost nothing here. Every sum is the same chain of FMAs over ascending q.
 */
final class BlockedTiles {

  /** Pixels of a tile: with three blocks, as many sums as there are registers for. */
  static final int PIXELS = Lanes.COUNT >= 16 ? 8 : 4;

  /** The most blocks of a tile: C2 of JDK 17 gives three of them two thirds of the speed. */
  static final int WIDEST = Runtime.version().feature() >= 25 ? 3 : 2;

  /** Elements that the sums of a tile take. */
  static final int AREA = PIXELS * WIDEST * Lanes.COUNT;

  private static final KernelForm ONE = new KernelForm("tile of one block", new Trial(1));
  private static final KernelForm TWO = new KernelForm("tile of two blocks", new Trial(2));
  private static final KernelForm THREE = new KernelForm("tile of three blocks", new Trial(3));

  private BlockedTiles() {}

  /**
   * Blocks of the next tile where {@code left} are left: three, but two and two for the last four.
   */
  static int blocks(int left) {
    return left == 4 || left == 2 ? 2 : Math.min(left, WIDEST);
  }

  /**
   * {@code sums[(b PIXELS + p) LANES + lane] = Σ_q x[xo + pixels[at + p] + steps[q]] w[wo + (q
   * blocks + b) LANES + lane]}.
   *
   * @param blocks 1 to {@link #WIDEST}
   * @param k number of steps
   */
  static void multiply(
      int blocks,
      int k,
      int[] steps,
      float[] x,
      int xo,
      int[] pixels,
      int at,
      float[] w,
      int wo,
      float[] sums) {
    KernelForm form = blocks == 3 ? THREE : blocks == 2 ? TWO : ONE;
    if (form.isVector((long) k * PIXELS * blocks * Lanes.COUNT)) {
      vectors(blocks, k, steps, x, xo, pixels, at, w, wo, sums);
    } else {
      plain(blocks, k, steps, x, xo, pixels, at, w, wo, sums);
    }
  }

  private static void vectors(
      int blocks,
      int k,
      int[] steps,
      float[] x,
      int xo,
      int[] pixels,
      int at,
      float[] w,
      int wo,
      float[] sums) {
    if (PIXELS == 8) {
      switch (blocks) {
        case 3 -> EightPixels.three(k, steps, x, xo, pixels, at, w, wo, sums);
        case 2 -> EightPixels.two(k, steps, x, xo, pixels, at, w, wo, sums);
        default -> EightPixels.one(k, steps, x, xo, pixels, at, w, wo, sums);
      }
    } else {
      switch (blocks) {
        case 3 -> FourPixels.three(k, steps, x, xo, pixels, at, w, wo, sums);
        case 2 -> FourPixels.two(k, steps, x, xo, pixels, at, w, wo, sums);
        default -> FourPixels.one(k, steps, x, xo, pixels, at, w, wo, sums);
      }
    }
  }

  private static void plain(
      int blocks,
      int k,
      int[] steps,
      float[] x,
      int xo,
      int[] pixels,
      int at,
      float[] w,
      int wo,
      float[] sums) {
    int width = blocks * Lanes.COUNT;
    for (int p = 0; p < PIXELS; p += 2) {
      int x0 = xo + pixels[at + p];
      int x1 = xo + pixels[at + p + 1];
      for (int column = 0; column < width; column += 4) {
        int block = column / Lanes.COUNT;
        int to = (block * PIXELS + p) * Lanes.COUNT + column % Lanes.COUNT;
        plainBlock(k, steps, x, x0, x1, w, wo + column, width, sums, to, to + Lanes.COUNT);
      }
    }
  }

  /** Two pixels by four channels: C1, too, keeps the sums in registers. */
  private static void plainBlock(
      int k,
      int[] steps,
      float[] x,
      int x0,
      int x1,
      float[] w,
      int wo,
      int width,
      float[] sums,
      int to0,
      int to1) {
    float s00 = 0;
    float s01 = 0;
    float s02 = 0;
    float s03 = 0;
    float s10 = 0;
    float s11 = 0;
    float s12 = 0;
    float s13 = 0;
    for (int q = 0; q < k; q++) {
      int step = steps[q];
      float v0 = x[x0 + step];
      float v1 = x[x1 + step];
      float w0 = w[wo];
      float w1 = w[wo + 1];
      float w2 = w[wo + 2];
      float w3 = w[wo + 3];
      s00 = Math.fma(v0, w0, s00);
      s01 = Math.fma(v0, w1, s01);
      s02 = Math.fma(v0, w2, s02);
      s03 = Math.fma(v0, w3, s03);
      s10 = Math.fma(v1, w0, s10);
      s11 = Math.fma(v1, w1, s11);
      s12 = Math.fma(v1, w2, s12);
      s13 = Math.fma(v1, w3, s13);
      wo += width;
    }
    sums[to0] = s00;
    sums[to0 + 1] = s01;
    sums[to0 + 2] = s02;
    sums[to0 + 3] = s03;
    sums[to1] = s10;
    sums[to1 + 1] = s11;
    sums[to1 + 2] = s12;
    sums[to1 + 3] = s13;
  }

  /** A tile with few steps, that vectors in the interpreter get through quickly. */
  private static final class Trial implements KernelForm.Trial {

    private static final int STEPS = 16;

    private final int blocks;
    private final int[] steps = new int[STEPS];
    private final int[] pixels = new int[PIXELS];
    private final float[] x = new float[1];
    private final float[] w;
    private final float[] sums = new float[AREA];

    Trial(int blocks) {
      this.blocks = blocks;
      w = new float[STEPS * blocks * Lanes.COUNT];
    }

    @Override
    public void run(boolean vector) {
      if (vector) {
        vectors(blocks, STEPS, steps, x, 0, pixels, 0, w, 0, sums);
      } else {
        plain(blocks, STEPS, steps, x, 0, pixels, 0, w, 0, sums);
      }
    }
  }
}
