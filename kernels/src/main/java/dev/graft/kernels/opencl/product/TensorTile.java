package dev.graft.kernels.opencl.product;

import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.Precision;
import java.util.Locale;

/**
 * Tiles in local memory, and as fragments in the registers of a warp: {@code
 * contraction_tensor.cl}.
 *
 * @param format TF32 or BF16
 * @param m rows of C of a work-group, a multiple of 32 (the banks that its elements are spread
 *     over)
 * @param n columns of C of a work-group, a multiple of 32
 * @param k products between two barriers: 8, 16 or 32 words of the format
 * @param warpM rows of C of a warp, a multiple of 16
 * @param warpN columns of C of a warp, a multiple of 8
 */
public record TensorTile(Precision format, int m, int n, int k, int warpM, int warpN)
    implements Tile {

  private static final int LANES = 32;
  private static final int BANKS = 32;
  private static final int MOST_ITEMS = 256;
  private static final int FRAGMENT_M = 16;
  private static final int FRAGMENT_N = 8;
  private static final int BUFFERS = 2;

  /** What sets a row of finished sums apart from the next. */
  private static final int PAD = 8;

  /** More than any loop of the kernel takes: all of them are written out. */
  private static final int UNROLL = 32;

  public TensorTile {
    int items = warpM > 0 && warpN > 0 ? m / warpM * (n / warpN) * LANES : 0;
    int words = format.onTensorCores() ? k / format.perWord() : 0;
    boolean whole =
        items > 0
            && items <= MOST_ITEMS
            && (words == 8 || words == 16 || words == 32)
            && k % format.perWord() == 0
            && m % BANKS + n % BANKS == 0
            && m % warpM + n % warpN + warpM % FRAGMENT_M + warpN % FRAGMENT_N == 0
            && items % m + items % n + items % words == 0
            && m * words % items + n * words % items == 0;
    if (!whole) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no tile of %dx%dx%d in %s can be shared by warps of %dx%d",
              m,
              n,
              k,
              format.word(),
              warpM,
              warpN));
    }
  }

  /** The numbers that {@link #toString} wrote, behind the word {@code tensor}. */
  static TensorTile parse(String[] words) {
    int[] n = new int[5];
    for (int i = 0; i < n.length; i++) {
      n[i] = Integer.parseInt(words[i + 2]);
    }
    return new TensorTile(
        Precision.valueOf(words[1].toUpperCase(Locale.ROOT)), n[0], n[1], n[2], n[3], n[4]);
  }

  @Override
  public String toString() {
    return "tensor " + format.word() + " " + m + " " + n + " " + k + " " + warpM + " " + warpN;
  }

  /** Bytes of local memory: of the tiles, and of a row of fragments of sums after them. */
  public int localBytes() {
    int tiles = BUFFERS * k / format.perWord() * (m + n);
    int staged = m / warpM * FRAGMENT_M * (n + PAD);
    return Math.max(tiles, staged) * Integer.BYTES;
  }

  @Override
  public String files() {
    return "contraction+tensor_core+contraction_read+contraction_tensor";
  }

  @Override
  public String options() {
    return String.format(
        Locale.ROOT,
        "-D%s -DTILE_M=%d -DTILE_N=%d -DTILE_K=%d -DWARP_M=%d -DWARP_N=%d -DITEMS=%d",
        format,
        m,
        n,
        k,
        warpM,
        warpN,
        items());
  }

  /**
   * Whether {@code mma} is an instruction; a CPU's compiler would take minutes over it unrolled.
   */
  static String options(OpenClDevice device) {
    return Precision.hasTensorCores(device) ? " -DTENSOR_CORES -DUNROLL=" + UNROLL : " -DUNROLL=1";
  }

  @Override
  public int rows() {
    return m;
  }

  @Override
  public int columns() {
    return n;
  }

  @Override
  public int depth() {
    return k;
  }

  @Override
  public int items() {
    return m / warpM * (n / warpN) * LANES;
  }
}
