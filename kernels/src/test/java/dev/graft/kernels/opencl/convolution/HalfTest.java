package dev.graft.kernels.opencl.convolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.kernels.opencl.OpenClBackend;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.product.TileChoice;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights packed as float16. */
class HalfTest {

  private static final Epilogue EPILOGUE = new Epilogue(true, false, UnaryOp.RELU, 0, 0);

  private static final ConvGeometry ODD =
      new ConvGeometry(2, 5, 9, 8, 33, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);

  @BeforeEach
  void aDevice() {
    assumeTrue(!OpenClDevices.list().isEmpty(), OpenClDevices.found().problem());
  }

  private static OpenClBackend open() {
    return new OpenClBackend(OpenClDevices.chosen(), Precision.HALF);
  }

  /**
   * To nearest, ties to even, for what float16 holds without subnormals: 11 bits of significand.
   * Adding and taking away 2^13 times the number leaves just those.
   */
  private static float rounded(float x) {
    float much = x * 0x2001p0f;
    return much - (much - x);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", ""})
  void fixedWeights_areRoundedOnce_andNothingElse(String tiles) {
    List<ConvGeometry> geometries =
        List.of(
            ODD,
            new ConvGeometry(1, 130, 7, 7, 70, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0),
            new ConvGeometry(2, 12, 15, 12, 10, 2, 3, 2, 2, 3, 2, 1, 0, 2, 3, 1),
            // In float32: a group of one channel.
            new ConvGeometry(2, 8, 9, 9, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1));
    System.setProperty(TileChoice.PROPERTY, tiles);
    try (OpenClBackend backend = open();
        ReferenceBackend reference = new ReferenceBackend()) {
      for (ConvGeometry g : geometries) {
        boolean halved = HalfConvolutionKernel.takes(g);
        float[] x = random(g.batch() * g.inChannels() * g.inPlane(), 1);
        float[] w = random(g.outChannels() * g.patch(), 2);
        float[] bias = random(g.outChannels(), 3);
        float[] same = w.clone();
        for (int i = 0; halved && i < w.length; i++) {
          same[i] = rounded(w[i]);
        }
        float[] actual = run(backend, g, x, w, bias, false);
        float[] expected = run(reference, g, x, same, bias, false);
        float[] exact = run(reference, g, x, w, bias, false);
        // Inputs, weights and biases are at most 1: γ_terms for each of the terms, and 2^-11 a
        // weight.
        double terms = g.patch() + 4;
        double close = terms * terms * 0x1p-24;
        double far = close + terms * 0x1p-11;
        for (int i = 0; i < actual.length; i++) {
          assertThat((double) actual[i])
              .as("%s: element %d", g, i)
              .isBetween(expected[i] - close, expected[i] + close)
              .isBetween(exact[i] - far, exact[i] + far);
        }
      }
    } finally {
      System.clearProperty(TileChoice.PROPERTY);
    }
  }

  @Test
  void packing_takesHalfTheMemory_rounded_up() {
    try (OpenClBackend backend = open();
        OpenClBackend full = new OpenClBackend(OpenClDevices.chosen(), Precision.FLOAT32)) {
      int weights = ODD.outChannels() * ODD.patch();
      assertThat(weights % 2).isOne();
      Kernel kernel = backend.prepare(ODD, EPILOGUE, false);
      assertThat(kernel.bytes()).isEqualTo(2L * weights + 2);
      assertThat(full.prepare(ODD, EPILOGUE, false).bytes()).isEqualTo(4L * weights);
      Buffer w = backend.allocate(weights);
      backend.upload(random(weights, 1), 0, weights, w);
      long before = backend.availableBytes(0);
      kernel.pack(w);
      // Beside the weights, the largest of each group of them for a moment.
      long taken = before - backend.availableBytes(before - kernel.bytes());
      assertThat(taken).isBetween(kernel.bytes(), kernel.bytes() + 4L * weights);
      assertThat(backend.prepare(ODD, EPILOGUE, true).bytes()).isZero();
    }
  }

  @Test
  void changingWeights_stayFloat32() {
    float[] w = random(ODD.outChannels() * ODD.patch(), 2);
    float[] x = random(ODD.batch() * ODD.inChannels() * ODD.inPlane(), 1);
    float[] bias = random(ODD.outChannels(), 3);
    try (OpenClBackend backend = open();
        OpenClBackend full = new OpenClBackend(OpenClDevices.chosen(), Precision.FLOAT32)) {
      assertThat(run(backend, ODD, x, w, bias, true)).isEqualTo(run(full, ODD, x, w, bias, true));
      assertThat(run(backend, ODD, x, w, bias, false))
          .isNotEqualTo(run(full, ODD, x, w, bias, true));
    }
  }

  @Test
  void weightsBeyondFloat16_areRefused_whereverTheyStand() {
    int weights = ODD.outChannels() * ODD.patch();
    try (OpenClBackend backend = open()) {
      Kernel kernel = backend.prepare(ODD, EPILOGUE, false);
      Buffer buffer = backend.allocate(weights);
      for (int at : new int[] {0, 17, weights - 1}) {
        float[] w = random(weights, 1);
        w[at] = 65504;
        w[(at + 1) % weights] = Float.NaN;
        backend.upload(w, 0, weights, buffer);
        kernel.pack(buffer);
        w[at] = -65505;
        backend.upload(w, 0, weights, buffer);
        assertThatThrownBy(() -> kernel.pack(buffer))
            .isInstanceOf(BackendException.class)
            .hasMessageContaining("weights [33,5,3,3]")
            .hasMessageContaining("65505", "65504", "float32");
      }
    }
  }

  private static float[] random(int n, int stream) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      // Not below 2^-10, so that no weight is subnormal as a half.
      float value = 2 * Rng.uniform(stream, i) - 1;
      values[i] = Math.abs(value) < 0x1p-10f ? 0x1p-10f : value;
    }
    return values;
  }

  private static float[] run(
      Backend backend, ConvGeometry g, float[] x, float[] w, float[] bias, boolean changing) {
    Buffer input = upload(backend, x);
    Buffer weights = upload(backend, w);
    Buffer biases = upload(backend, bias);
    float[] result = new float[g.batch() * g.outChannels() * g.outPlane()];
    Buffer y = backend.allocate(result.length);
    Kernel kernel = backend.prepare(g, EPILOGUE, changing);
    kernel.pack(weights);
    kernel.run(input, biases, null, y);
    backend.download(y, result.length, result, 0);
    return result;
  }

  private static Buffer upload(Backend backend, float[] values) {
    Buffer buffer = backend.allocate(values.length + 1).slice(1, values.length);
    backend.upload(values, 0, values.length, buffer);
    return buffer;
  }
}
