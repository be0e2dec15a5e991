package dev.graft.kernels.opencl.convolution;

import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.product.Tiling;

/**
 * When {@link Winograd} takes less time than the direct product: by shape and kind of device alone,
 * never by a timing. With C and M channels, T tiles and P pixels the two are compared as
 *
 * <pre>
 *   36 (C M (product T' + weight) + T (input C + output M))   and   9 P C M
 * </pre>
 *
 * in multiply-adds of the direct product, where T' is T in whole tiles of a product's columns.
 *
 * @param forced whether all or no convolutions that could go this way do
 * @param columns what T is rounded up to
 * @param product time of a multiply-add of the 36 products
 * @param weight of an element of U: transforming and reading it
 * @param input of an element of V: transforming, writing and reading it
 * @param output of an element of M
 * @param scratch elements of V and M of a part of the tiles
 */
record WinogradRule(
    Forced forced,
    int columns,
    double product,
    double weight,
    double input,
    double output,
    int scratch) {

  /**
   * Set to always or never: the choice for all convolutions that F(4x4, 3x3) can compute, whatever
   * it costs; for tests. With always, parts are the smallest there are.
   */
  static final String PROPERTY = "graft.opencl.winograd";

  /** Elements of U, above which it is not worth its memory: 64 MiB. */
  static final int MOST_WEIGHTS = 1 << 24;

  /** Whether the rule is asked. */
  enum Forced {
    NO,
    ALWAYS,
    NEVER
  }

  /**
   * Measured with PoCL on two cores with AVX-512: {@code bench/RESULTS.md}. The direct product does
   * 80 multiply-adds a nanosecond; the 36, of shorter sums, 55; an element of V takes 0.56 ns, one
   * of M 0.38, one of U 0.6 or, where weights are transformed once, 0.3. Where this and the
   * measurement disagree by a few per cent the direct product is taken. V and M of 8 MiB stay in
   * the third-level cache; 2 MiB were slower for 32 channels and 64 MiB for 64 and 128.
   */
  private static final WinogradRule CPU =
      new WinogradRule(Forced.NO, 32, 1.45, 45, 45, 30, 1 << 21);

  /**
   * Not measured. A GPU does some 40 multiply-adds while it moves a float to or from memory: 36 on
   * the one of Lavin and Gray (6.1 TFLOP/s, 336 GB/s), who found F(4x4, 3x3) faster from 64
   * channels on; 40 on one with 67 TFLOP/s and 3.35 TB/s. Elements of V and M are written and read
   * once more than the direct product's operands are, those of U too and w is read. That asks for
   * 52 channels on both sides where there are many tiles.
   */
  private static final WinogradRule GPU = new WinogradRule(Forced.NO, 64, 1, 90, 80, 80, 1 << 24);

  private static final WinogradRule NEVER = new WinogradRule(Forced.NEVER, 1, 0, 0, 0, 0, 0);

  /** On tensor cores none goes this way: the transforms would magnify what rounding costs there. */
  static WinogradRule of(boolean cpu, Precision precision) {
    if (precision.onTensorCores()) {
      return NEVER;
    }
    WinogradRule rule = cpu ? CPU : GPU;
    String name = System.getProperty(PROPERTY, "");
    return switch (name) {
      case "" -> rule;
      case "always" -> new WinogradRule(Forced.ALWAYS, 1, 0, 0, 0, 0, 0);
      case "never" -> NEVER;
      default ->
          throw new BackendException(
              "unknown value " + name + " of " + PROPERTY + "; there are always and never");
    };
  }

  /** Whether convolutions of this geometry go this way, and their gradients to the input. */
  boolean takes(ConvGeometry g) {
    return switch (forced) {
      case NEVER -> false;
      case ALWAYS -> isPossible(g);
      case NO -> isPossible(g) && pays(g);
    };
  }

  private static boolean isPossible(ConvGeometry g) {
    return g.kernelHeight() == 3
        && g.kernelWidth() == 3
        && g.strideHeight() == 1
        && g.strideWidth() == 1
        && g.dilationHeight() == 1
        && g.dilationWidth() == 1
        && g.groups() == 1
        && (long) Winograd.POSITIONS * g.inChannels() * g.outChannels() <= MOST_WEIGHTS;
  }

  private boolean pays(ConvGeometry g) {
    long tiles =
        (long) g.batch()
            * Tiling.groups(g.outHeight(), Winograd.SIDE)
            * Tiling.groups(g.outWidth(), Winograd.SIDE);
    double pairs = (double) g.inChannels() * g.outChannels();
    double whole = Math.ceil(tiles / (double) columns) * columns;
    double transforms = tiles * (input * g.inChannels() + output * g.outChannels());
    double winograd = Winograd.POSITIONS * (pairs * (product * whole + weight) + transforms);
    return winograd < 9.0 * g.batch() * g.outPlane() * pairs;
  }
}
