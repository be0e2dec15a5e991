package dev.graft.kernels.opencl.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Rng;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What kernels compute indices with. */
class IndexArithmeticTest {

  @Test
  void divisors_divideExactly() {
    for (int trial = 0; trial < 2000; trial++) {
      int divisor = trial < 300 ? trial + 1 : 1 + Rng.below(3, trial, Integer.MAX_VALUE - 1);
      Divisor division = Divisor.of(divisor);
      int multiple = Integer.MAX_VALUE / divisor * divisor;
      for (int n : new int[] {0, 1, divisor - 1, divisor, multiple - 1, multiple, 2147483647}) {
        assertThat(division.quotient(n)).as("%d / %d", n, divisor).isEqualTo(n / divisor);
      }
      int n = Rng.below(4, trial, Integer.MAX_VALUE);
      assertThat(division.quotient(n)).as("%d / %d", n, divisor).isEqualTo(n / divisor);
    }
  }

  /** The phases of an axis name each pair of a pixel and a tap that meet in an output, once. */
  @Test
  void phases_coverEveryPixelAndTap() {
    for (int stride = 1; stride <= 4; stride++) {
      for (int dilation = 1; dilation <= 4; dilation++) {
        for (int kernel = 1; kernel <= 5; kernel++) {
          for (int pad = 0; pad <= 3; pad++) {
            check(17, kernel, stride, dilation, pad);
          }
        }
      }
    }
  }

  private static void check(int size, int kernel, int stride, int dilation, int pad) {
    List<Phase> phases = Phase.of(size, kernel, stride, dilation, pad);
    boolean[][] seen = new boolean[size][kernel];
    int pixels = 0;
    for (Phase p : phases) {
      pixels += p.count();
      for (int j = 0; j < p.count(); j++) {
        for (int turned = 0; turned < p.taps(); turned++) {
          int pixel = p.first() + j * stride;
          int tap = p.firstTap() + (p.taps() - 1 - turned) * p.tapStep();
          int output = j - p.pad() + turned * p.dilation();
          assertThat(output * stride - pad + tap * dilation)
              .as("%s: pixel %d, tap %d", p, pixel, tap)
              .isEqualTo(pixel);
          seen[pixel][tap] = true;
        }
      }
    }
    assertThat(pixels).isEqualTo(size);
    for (int pixel = 0; pixel < size; pixel++) {
      for (int tap = 0; tap < kernel; tap++) {
        boolean meet = (pixel + pad - tap * dilation) % stride == 0;
        assertThat(seen[pixel][tap]).isEqualTo(meet);
      }
    }
  }
}
