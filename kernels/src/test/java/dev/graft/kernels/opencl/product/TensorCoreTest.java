package dev.graft.kernels.opencl.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.kernels.opencl.OpenClBackend;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Products on tensor cores, or with the same fragments emulated: held to the reference on operands
 * that are rounded the same way, where only the order of sums differs, and on those that are not.
 */
class TensorCoreTest {

  /** Another one each time would find more, and never twice the same. */
  private static final long SEED = Long.getLong("graft.test.seed", 20);

  /** A tensor core may cut off what an addition leaves over, where float32 rounds to nearest. */
  private static final double UNIT = 0x1p-23;

  /** A call with two operands that are rounded, and a third that it updates. */
  private interface Call {
    void run(Backend backend, Buffer a, Buffer b, Buffer y);
  }

  @BeforeEach
  void emulated() {
    assumeTrue(!OpenClDevices.list().isEmpty(), OpenClDevices.found().problem());
    System.setProperty("graft.opencl.emulate", "true");
  }

  @AfterEach
  void noLonger() {
    System.clearProperty("graft.opencl.emulate");
  }

  private static double rounded(Precision precision, double x) {
    int bits = Float.floatToRawIntBits((float) x);
    int kept =
        precision == Precision.TF32
            ? (bits + 0x1000) & 0xffffe000
            : (bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000;
    return Float.intBitsToFloat(kept);
  }

  private static double unit(Precision precision) {
    return precision == Precision.TF32 ? 0x1p-11 : 0x1p-8;
  }

  private static OpenClBackend open(Precision precision) {
    return new OpenClBackend(OpenClDevices.chosen(), precision);
  }

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void products_ofEveryTransposition(Precision precision) {
    try (OpenClBackend backend = open(precision);
        ReferenceBackend reference = new ReferenceBackend()) {
      for (int trial = 0; trial < 24; trial++) {
        long key = Rng.key(SEED, "tensor " + trial);
        // Edges of both tiles, of fragments and of words; k split in parts now and then.
        int m = 5 + Rng.below(key, 0, trial % 2 == 0 ? 60 : 200);
        int n = 5 + Rng.below(key, 1, trial % 2 == 0 ? 60 : 300);
        int k = trial % 5 == 4 ? 2100 + Rng.below(key, 2, 9) : 1 + Rng.below(key, 2, 90);
        GemmGeometry g = GemmGeometry.of((trial & 1) != 0, (trial & 2) != 0, m, n, k);
        check(
            precision + " seed " + SEED + " " + g,
            backend,
            reference,
            new int[] {m * k, k * n, m * n},
            k,
            (on, a, b, y) -> on.gemm(g, 1.5, a, b, -0.5, y));
      }
      // So many results that any device takes the large tile.
      for (int trial = 0; trial < 4; trial++) {
        int units = backend.device().computeUnits();
        GemmGeometry g =
            new GemmGeometry(
                units, (trial & 1) != 0, (trial & 2) != 0, 35, 39, 21, 35 * 21, 21 * 39, 35 * 39);
        check(
            precision + " " + g,
            backend,
            reference,
            new int[] {units * 35 * 21, units * 21 * 39, units * 35 * 39},
            21,
            (on, a, b, y) -> on.gemm(g, 1.5, a, b, -0.5, y));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void convolutions_andTheirGradients(Precision precision) {
    List<ConvGeometry> geometries =
        List.of(
            new ConvGeometry(3, 20, 13, 11, 33, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1),
            new ConvGeometry(2, 17, 9, 14, 70, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0),
            new ConvGeometry(2, 12, 15, 12, 10, 2, 3, 2, 2, 3, 2, 1, 0, 2, 3, 1),
            new ConvGeometry(1, 40, 7, 7, 40, 1, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1));
    Epilogue epilogue = new Epilogue(false, true, UnaryOp.RELU, 0, 0);
    try (OpenClBackend backend = open(precision);
        ReferenceBackend reference = new ReferenceBackend()) {
      for (ConvGeometry g : geometries) {
        int x = g.batch() * g.inChannels() * g.inPlane();
        int w = g.outChannels() * g.patch();
        int y = g.batch() * g.outChannels() * g.outPlane();
        check(
            precision + " forward " + g,
            backend,
            reference,
            new int[] {x, w, y},
            g.patch(),
            (on, a, b, c) -> {
              Kernel kernel = on.prepare(g, epilogue, true);
              kernel.pack(b);
              kernel.run(a, null, c, c);
            });
        check(
            precision + " to the input " + g,
            backend,
            reference,
            new int[] {y, w, x},
            g.kernelHeight() * g.kernelWidth() * g.outChannels() / g.groups(),
            (on, a, b, c) -> on.convolutionGradientInput(g, a, b, c));
        check(
            precision + " to the weight " + g,
            backend,
            reference,
            new int[] {x, y, w},
            g.batch() * g.outPlane(),
            (on, a, b, c) -> on.convolutionGradientWeight(g, a, b, c));
      }
    }
  }

  /**
   * With rounded operands a sum of k products strays by γ_k of its magnitude, and by a few
   * roundings for what follows; rounding moves each product by twice the format's unit at most, and
   * a little.
   */
  private static void check(
      String title,
      Backend backend,
      ReferenceBackend reference,
      int[] sizes,
      int terms,
      Call call) {
    Precision precision = ((OpenClBackend) backend).precision();
    float[] actual = run(backend, sizes, x -> x, x -> x, call);
    float[] same = run(reference, sizes, x -> rounded(precision, x), x -> x, call);
    float[] exact = run(reference, sizes, x -> x, x -> x, call);
    float[] size = run(reference, sizes, Math::abs, x -> 2, call);
    for (int i = 0; i < actual.length; i++) {
      // What is updated weighs up to -0.5 times 2 where magnitudes are computed.
      double magnitude = size[i] + 2;
      double close = (terms + 4) * UNIT * magnitude;
      double far = close + 2.1 * unit(precision) * magnitude;
      assertThat((double) actual[i])
          .as("%s: element %d beside rounded operands", title, i)
          .isBetween(same[i] - close, same[i] + close);
      assertThat((double) actual[i])
          .as("%s: element %d beside exact operands", title, i)
          .isBetween(exact[i] - far, exact[i] + far);
    }
  }

  private static float[] run(
      Backend backend,
      int[] sizes,
      DoubleUnaryOperator operand,
      DoubleUnaryOperator updated,
      Call call) {
    Buffer[] operands = new Buffer[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      float[] values = new float[sizes[i]];
      for (int j = 0; j < values.length; j++) {
        float value = 2 * Rng.uniform(Rng.key(SEED, i), j) - 1;
        values[j] = (float) (i == 2 ? updated : operand).applyAsDouble(value);
      }
      operands[i] = backend.allocate(sizes[i] + 3).slice(3, sizes[i]);
      backend.upload(values, 0, values.length, operands[i]);
    }
    call.run(backend, operands[0], operands[1], operands[2]);
    float[] result = new float[sizes[2]];
    backend.download(operands[2], result.length, result, 0);
    return result;
  }

  /** y = x I, so that each element is what its rounding leaves. */
  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void operands_areRoundedToNearest_andTiesAsTheInstructionHasThem(Precision precision) {
    int n = 20;
    float[] x = new float[n * n];
    float[] identity = new float[n * n];
    float[] cases = {
      1 + 0x1p-11f,
      1 + 0x1p-12f,
      1 + 3 * 0x1p-11f,
      -1 - 0x1p-11f,
      1 + 0x1p-8f,
      1 + 3 * 0x1p-8f,
      0x1.fffffep0f,
      0x1p-126f,
      3e38f,
      -0x1.01p-100f,
      0
    };
    for (int i = 0; i < x.length; i++) {
      x[i] = i < cases.length ? cases[i] : 100 * Rng.uniform(SEED, i) - 50;
      identity[i] = i / n == i % n ? 1 : 0;
    }
    try (OpenClBackend backend = open(precision)) {
      float[] y = square(backend, n, x, identity);
      for (int i = 0; i < x.length; i++) {
        assertThat((double) y[i])
            .as("seed %d: %s of %s", SEED, precision, x[i])
            .isEqualTo(rounded(precision, x[i]) + 0.0);
      }
      // By hand: ties away from zero in TF32, to even in BF16.
      boolean tf32 = precision == Precision.TF32;
      assertThat(y[0]).isEqualTo(tf32 ? 1 + 0x1p-10f : 1);
      assertThat(y[3]).isEqualTo(tf32 ? -1 - 0x1p-10f : -1);
      assertThat(y[4]).isEqualTo(tf32 ? 1 + 0x1p-8f : 1);
      assertThat(y[5]).isEqualTo(tf32 ? 1 + 3 * 0x1p-8f : 1 + 0x1p-6f);
      assertThat(y[6]).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void notNumbersAndInfinities_stayWhatTheyAre(Precision precision) {
    int n = 20;
    float[] x = new float[n * n];
    float[] ones = new float[n * n];
    Arrays.fill(ones, 1);
    // Such as a carry would make an infinity, or a zero, of.
    float[] odd = {
      Float.NaN,
      Float.intBitsToFloat(0x7f800001),
      Float.intBitsToFloat(0xffffffff),
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY
    };
    for (int i = 0; i < odd.length; i++) {
      x[i * n + i] = odd[i];
    }
    try (OpenClBackend backend = open(precision)) {
      float[] y = square(backend, n, x, ones);
      for (int i = 0; i < odd.length; i++) {
        assertThat(Float.compare(y[i * n + 7], odd[i]))
            .as("%s row %d: %s", precision, i, y[i * n + 7])
            .isZero();
      }
      assertThat(y[odd.length * n]).isZero();
    }
  }

  private static float[] square(Backend backend, int n, float[] a, float[] b) {
    Buffer left = backend.allocate(n * n);
    Buffer right = backend.allocate(n * n);
    Buffer y = backend.allocate(n * n);
    backend.upload(a, 0, n * n, left);
    backend.upload(b, 0, n * n, right);
    backend.gemm(GemmGeometry.of(false, false, n, n, n), 1, left, right, 0, y);
    float[] result = new float[n * n];
    backend.download(y, n * n, result, 0);
    return result;
  }

  @Test
  void tilesThatCannotBeShared_areRefused_andOthersAreReadBack() {
    TensorTile tile = new TensorTile(Precision.BF16, 128, 64, 32, 64, 32);
    assertThat(Tile.parse(tile.toString())).isEqualTo(tile);
    // No whole fragment; too many warps; words that cannot be swizzled; no format of tensor cores.
    assertThatThrownBy(() -> new TensorTile(Precision.TF32, 64, 64, 16, 24, 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no tile of 64x64x16 in tf32");
    assertThatThrownBy(() -> new TensorTile(Precision.TF32, 128, 128, 16, 16, 16))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TensorTile(Precision.BF16, 64, 64, 8, 32, 32))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TensorTile(Precision.HALF, 64, 64, 16, 32, 32))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void candidates_fitIntoTheDevice(Precision precision) {
    OpenClDevice device = OpenClDevices.chosen();
    assertThat(TileCandidates.of(device, 16, precision))
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .allSatisfy(tile -> assertThat(tile).isInstanceOf(TensorTile.class));
  }
}
