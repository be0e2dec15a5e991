package dev.graft.kernels.simd.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.BlockedKernels;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.simd.SimdBackend;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Results do not depend on the form that a kernel has, nor on when it changes. */
class KernelFormTest {

  private static final int THREADS = 2;

  private static HostBuffer random(int n, long key) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 2 * Rng.uniform(key, i) - 1;
    }
    return HostBuffer.of(values);
  }

  /** Plain first: only the forms of classes that are loaded can be chosen. */
  private static void bothFormsAgree(String what, int outputs, Consumer<Buffer> kernel) {
    float[][] results = new float[2][];
    for (int form = 0; form < 2; form++) {
      KernelForm.takeEverywhere(form == 1);
      HostBuffer y = random(outputs, 9);
      kernel.accept(y);
      results[form] = y.array();
    }
    for (int i = 0; i < outputs; i++) {
      assertThat(Float.floatToRawIntBits(results[1][i]))
          .as("%s, element %d", what, i)
          .isEqualTo(Float.floatToRawIntBits(results[0][i]));
    }
  }

  @AfterAll
  static void leaveTheVectors() {
    KernelForm.takeEverywhere(true);
  }

  @Test
  void convolutions_ofBothForms_haveTheSameBits() {
    try (SimdBackend backend = new SimdBackend(THREADS)) {
      for (int size : new int[] {1, 3, 7, 13, 28, 41}) {
        for (int kernel = 1; kernel <= 5; kernel += 2) {
          for (int stride = 1; stride <= 2; stride++) {
            for (int groups : new int[] {1, 2, 38}) {
              // More than one block of k, heights that leave every rest.
              int in = groups == 38 ? 38 : 40;
              int out = groups == 38 ? 76 : 94;
              convolution(backend, geometry(2, in, out, groups, size, kernel, stride));
            }
          }
        }
      }
      convolution(backend, geometry(1, 200, 17, 1, 14, 3, 1));
      convolution(backend, geometry(1, 200, 17, 1, 14, 1, 1));
    }
  }

  private static ConvGeometry geometry(
      int batch, int in, int out, int groups, int size, int kernel, int stride) {
    int pad = kernel / 2;
    return new ConvGeometry(
        batch, in, size, size, out, groups, kernel, kernel, stride, stride, 1, 1, pad, pad, pad,
        pad);
  }

  private static void convolution(SimdBackend backend, ConvGeometry g) {
    int inputs = g.batch() * g.inChannels() * g.inPlane();
    int outputs = g.batch() * g.outChannels() * g.outPlane();
    HostBuffer x = random(inputs, 1);
    HostBuffer w = random(g.outChannels() * g.patch(), 2);
    HostBuffer bias = random(g.outChannels(), 3);
    HostBuffer residual = random(outputs, 4);
    HostBuffer dy = random(outputs, 5);
    bothFormsAgree(g + " as it is", outputs, y -> backend.convolution(g, x, w, null, y));
    bothFormsAgree(
        g + " with an epilogue",
        outputs,
        y -> {
          Kernel kernel = backend.prepare(g, new Epilogue(true, true, UnaryOp.RELU, 0, 0), false);
          kernel.pack(w);
          kernel.run(x, bias, residual, y);
        });
    bothFormsAgree(
        g + " to the input", inputs, dx -> backend.convolutionGradientInput(g, dy, w, dx));
    bothFormsAgree(
        g + " to the weights",
        g.outChannels() * g.patch(),
        dw -> backend.convolutionGradientWeight(g, x, dy, dw));
  }

  @Test
  void blocks_ofBothForms_haveTheSameBits() {
    try (SimdBackend backend = new SimdBackend(THREADS)) {
      for (int out : new int[] {16, 40, 64, 94}) {
        blocks(backend, geometry(2, 40, out, 1, 13, 1, 1));
        blocks(backend, geometry(1, 5, out, 1, 14, 3, 2));
      }
      blocks(backend, geometry(2, 40, 40, 40, 13, 3, 1));
      blocks(backend, geometry(1, 40, 40, 40, 14, 5, 2));
    }
  }

  private static void blocks(SimdBackend backend, ConvGeometry g) {
    BlockedKernels kernels = backend.blocked();
    int lanes = kernels.lanes();
    HostBuffer x = random(g.batch() * padded(g.inChannels(), lanes) * g.inPlane(), 1);
    HostBuffer w = random(g.outChannels() * g.patch(), 2);
    HostBuffer bias = random(g.outChannels(), 3);
    int outputs = g.batch() * padded(g.outChannels(), lanes) * g.outPlane();
    HostBuffer residual = random(outputs, 4);
    for (boolean adds : new boolean[] {false, !g.isDepthwise()}) {
      bothFormsAgree(
          g + " on blocks",
          outputs,
          y -> {
            Epilogue epilogue = new Epilogue(true, adds, UnaryOp.CLIP, -1, 1);
            Kernel kernel = kernels.prepare(g, epilogue, false);
            kernel.pack(w);
            kernel.run(x, bias, adds ? residual : null, y);
          });
    }
    PoolGeometry pool =
        new PoolGeometry(
            g.batch() * padded(g.inChannels(), lanes) / lanes,
            g.inHeight(),
            g.inWidth(),
            (g.inHeight() - 1) / 2 + 1,
            (g.inWidth() - 1) / 2 + 1,
            3,
            3,
            2,
            2,
            1,
            1,
            1,
            1,
            1,
            1,
            false);
    int maxima = pool.planes() * lanes * pool.outPlane();
    bothFormsAgree(g + " maximum on blocks", maxima, y -> kernels.maxPool(pool, x, y));
    bothFormsAgree(
        g + " scales on blocks",
        x.length(),
        y -> kernels.scale(g.batch(), g.inChannels(), g.inPlane(), x, w, y));
    bothFormsAgree(
        g + " average on blocks",
        g.batch() * g.inChannels(),
        y -> kernels.globalAverage(g.batch(), g.inChannels(), g.inPlane(), x, y));
  }

  private static int padded(int channels, int lanes) {
    return (channels + lanes - 1) / lanes * lanes;
  }

  @Test
  void pools_ofBothForms_haveTheSameBits() {
    try (SimdBackend backend = new SimdBackend(THREADS)) {
      for (int size : new int[] {3, 7, 13, 28, 55}) {
        for (int kernel : new int[] {2, 3, size}) {
          for (int stride = 1; stride <= 3; stride++) {
            pool(backend, size, kernel, stride, kernel < size ? kernel / 2 : 0);
          }
        }
      }
    }
  }

  private static void pool(SimdBackend backend, int size, int kernel, int stride, int pad) {
    int out = (size + 2 * pad - kernel) / stride + 1;
    PoolGeometry g =
        new PoolGeometry(
            3, size, size, out, out, kernel, kernel, stride, stride, 1, 1, pad, pad, pad, pad,
            true);
    HostBuffer x = random(g.planes() * g.inPlane(), 1);
    int outputs = g.planes() * g.outPlane();
    bothFormsAgree(g + " maximum", outputs, y -> backend.maxPool(g, x, null, y));
    bothFormsAgree(g + " average", outputs, y -> backend.averagePool(g, x, y));
  }

  @Test
  void products_ofBothForms_haveTheSameBits() {
    try (SimdBackend backend = new SimdBackend(THREADS)) {
      for (int m : new int[] {1, 5, 12, 47, 100}) {
        for (int n : new int[] {1, 10, 33, 170}) {
          for (int k : new int[] {1, 30, 400}) {
            GemmGeometry g = GemmGeometry.of(false, false, m, n, k);
            HostBuffer a = random(m * k, 1);
            HostBuffer b = random(k * n, 2);
            bothFormsAgree(g + " alone", m * n, c -> backend.gemm(g, 1, a, b, 0, c));
            bothFormsAgree(g + " scaled", m * n, c -> backend.gemm(g, 0.5, a, b, 2, c));
          }
        }
      }
    }
  }

  @Test
  void trials_takeTheVectors_onlyWhereTheyAreFaster() {
    long now = System.nanoTime();
    long later = now + 10_000_000_000L;
    assertThat(Trials.wins(vector -> pause(vector ? 10 : 100), later)).isTrue();
    assertThat(Trials.wins(vector -> pause(vector ? 100 : 10), now)).isFalse();
  }

  private static void pause(int micros) {
    long end = System.nanoTime() + 1000L * micros;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
