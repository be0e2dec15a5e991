package dev.graft.tests.backend;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.kernels.simd.winograd.Winograd;
import java.util.function.IntToDoubleFunction;

/**
 * How far a 3x3 convolution by Winograd's F(4x4, 3x3) may stray.
 *
 * <p>A tile of 4x4 outputs is {@code Y = A^T [Σ_c (G w_c G^T) ∘ (B^T x_c B)] A} (Lavin and Gray,
 * CVPR 2016). With X and W the largest {@code |x|} and {@code |w|}, g_p and b_p the sums of the
 * absolute values in row p of G and of B^T, point (p, q) of the products is a sum of C terms of at
 * most {@code g_p g_q b_p b_q W X}. Output (i, j) sums the points with the weights {@code A^T_ip
 * A^T_jq}, so all that is added up for it is at most {@code C s_i s_j W X} with {@code s_i = Σ_p
 * |A^T_ip| g_p b_p}:
 *
 * <pre>
 *   p     0    1    2    3     4     5     A^T  1  1  1  1  1  0     s_0 = 16
 *   g_p  1/4  1/2  1/2  7/24  7/24   1          0  1 -1  2 -2  0     s_1 = 17
 *   b_p  10   10   10    6     6    10          0  1  1  4  4  0     s_2 = 24
 *   g b  5/2   5    5   7/4   7/4   10          0  1 -1  8 -8  1     s_3 = 48
 * </pre>
 *
 * <p>against 9 C W X of the direct sum. Every term goes through n = C + 18 roundings: C of the sum
 * over channels, twice 2 of B^T, twice 4 of G and twice 3 of A^T. Were each of them to count, the
 * bound would be {@code γ_n C s_i s_j W X}. Nothing could be tested with that, since it takes every
 * term at its largest, and all of one sign. Roundings are as good as independent, and then {@code
 * γ_n} is {@code λ sqrt(n) u} with a λ of a few (Higham and Mary, SIAM Journal on Scientific
 * Computing 41(5), 2019); and what sums of random signs fall short of sums of absolute values makes
 * λ smaller: by the square root of the number of terms, 36 in each transform. {@link #LAMBDA}
 * stands for both.
 */
final class FastConvolution {

  /**
   * Measured: 0.0011 to 0.0051 is the largest λ of each case of the contract, whatever the number
   * of channels, the place in the tile and the width of the vectors. This is 3 to 14 times more;
   * one product of a weight and a pixel left out is worth another 40 times, and more with fewer
   * channels.
   */
  private static final double LAMBDA = 1 / 64.0;

  private static final double UNIT = 0x1p-24;
  private static final double[] GROWTH = {16, 17, 24, 48};

  private FastConvolution() {}

  /** The bound for every element of planes of a size, for operands of at most 1. */
  static IntToDoubleFunction bound(int channels, int height, int width) {
    double each = LAMBDA * Math.sqrt(channels + 18) * UNIT * channels;
    return i -> each * GROWTH[i / width % height % 4] * GROWTH[i % width % 4];
  }

  /** Whether the backend takes it: by its own rule, or since weights of 3x3 have become 6x6. */
  static boolean isTaken(Backend backend, ConvGeometry g) {
    if (backend.name().equals("simd")) {
      return Winograd.suits(g);
    }
    long transformed = 36L * g.outChannels() * g.inChannels() * backend.elementBytes();
    return backend.prepare(g, Epilogue.NONE, false).bytes() >= transformed;
  }
}
