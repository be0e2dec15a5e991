package dev.graft.kernels.opencl.convolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.backend.Backend;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * F(4x4, 3x3) on shapes that it would not be chosen for: small, odd, of every padding, in several
 * parts; with vectors of tiles as on a CPU ("") and with one tile an item as on a GPU ("gpu").
 */
class WinogradTest {

  private static final long SEED = Long.getLong("graft.contract.seed", 1);

  /** Elements before and behind each operand, which must stay as they are. */
  private static final int BEFORE = 3;

  private static final int BEHIND = 5;
  private static final float GUARD = 77f;

  private static final List<Epilogue> EPILOGUES =
      List.of(
          Epilogue.NONE,
          Epilogue.bias(true),
          new Epilogue(false, true, UnaryOp.RELU, 0, 0),
          new Epilogue(true, true, UnaryOp.CLIP, -0.5, 0.75),
          new Epilogue(true, false, UnaryOp.SIGMOID, 0, 0),
          new Epilogue(false, false, UnaryOp.LEAKY_RELU, 0.125, 0));

  @BeforeEach
  void needsADevice() {
    assumeTrue(!OpenClDevices.list().isEmpty(), OpenClDevices.found().problem());
  }

  @AfterEach
  void clear() {
    System.clearProperty(TileChoice.PROPERTY);
    System.clearProperty(WinogradRule.PROPERTY);
  }

  private static OpenClBackend open(String tiles, String winograd) {
    System.setProperty(TileChoice.PROPERTY, tiles);
    System.setProperty(WinogradRule.PROPERTY, winograd);
    return new OpenClBackend(OpenClDevices.chosen());
  }

  private static ConvGeometry of(
      int batch, int in, int height, int width, int out, int top, int left, int bottom, int right) {
    return new ConvGeometry(
        batch, in, height, width, out, 1, 3, 3, 1, 1, 1, 1, top, left, bottom, right);
  }

  private static List<ConvGeometry> geometries() {
    List<ConvGeometry> all = new ArrayList<>();
    // One output; one tile; a tile and one row or column more.
    all.add(of(1, 1, 3, 3, 1, 0, 0, 0, 0));
    all.add(of(1, 1, 1, 1, 1, 1, 1, 1, 1));
    all.add(of(1, 2, 4, 4, 3, 1, 1, 1, 1));
    all.add(of(2, 3, 5, 5, 5, 1, 1, 1, 1));
    // Wide enough for whole vectors in a row, at each remainder.
    all.add(of(2, 3, 6, 64, 4, 1, 1, 1, 1));
    all.add(of(1, 3, 9, 131, 2, 1, 1, 1, 1));
    all.add(of(2, 2, 7, 70, 3, 0, 2, 1, 0));
    // Beyond the kernel: outputs that see nothing but padding.
    all.add(of(1, 2, 5, 6, 3, 3, 4, 2, 5));
    // More than 128 tiles: several parts, which begin within a row and within an image.
    all.add(of(3, 5, 31, 33, 6, 1, 1, 1, 1));
    all.add(of(1, 4, 49, 47, 5, 2, 0, 0, 2));
    for (int trial = 0; trial < 40; trial++) {
      long key = Rng.key(SEED, "winograd " + trial);
      all.add(
          of(
              1 + Rng.below(key, 0, 4),
              1 + Rng.below(key, 1, 20),
              3 + Rng.below(key, 2, 17),
              3 + Rng.below(key, 3, 40),
              1 + Rng.below(key, 4, 20),
              Rng.below(key, 5, 3),
              Rng.below(key, 6, 3),
              Rng.below(key, 7, 3),
              Rng.below(key, 8, 3)));
    }
    return all;
  }

  // ---- against the reference -------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu"})
  void forward_ofAllGeometries_withEveryEpilogue(String tiles) {
    try (OpenClBackend backend = open(tiles, "always");
        ReferenceBackend reference = new ReferenceBackend()) {
      int next = 0;
      for (ConvGeometry g : geometries()) {
        Epilogue epilogue = EPILOGUES.get(next % EPILOGUES.size());
        boolean changing = next / EPILOGUES.size() % 2 == 0;
        // In place now and then: the residual is y.
        boolean inPlace = next % 4 == 3 && epilogue.residual();
        next++;
        assertThat(backend.prepare(g, epilogue, false).bytes()).isEqualTo(transformedBytes(g));
        Case c = new Case(g, epilogue, changing, inPlace);
        check(
            c.toString(),
            g.inChannels(),
            g.outHeight(),
            g.outWidth(),
            c.on(backend),
            c.on(reference));
      }
    }
  }

  private static long transformedBytes(ConvGeometry g) {
    return 36L * g.outChannels() * g.inChannels() * Float.BYTES;
  }

  /** A prepared convolution. */
  private record Case(ConvGeometry g, Epilogue epilogue, boolean changing, boolean inPlace) {

    float[] on(Backend b) {
      Operands operands = new Operands(b);
      Buffer x = operands.random(g.batch() * g.inChannels() * g.inPlane());
      Buffer w = operands.random(g.outChannels() * g.patch());
      Buffer bias = epilogue.bias() ? operands.random(g.outChannels()) : null;
      int n = g.batch() * g.outChannels() * g.outPlane();
      Buffer residual = epilogue.residual() ? operands.random(n) : null;
      Buffer y = inPlace && residual != null ? residual : operands.unwritten(n);
      Kernel kernel = b.prepare(g, epilogue, changing);
      kernel.pack(w);
      kernel.run(x, bias, residual, y);
      return operands.result(y);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu"})
  void gradientInput_ofAllGeometries(String tiles) {
    try (OpenClBackend backend = open(tiles, "always");
        ReferenceBackend reference = new ReferenceBackend()) {
      for (ConvGeometry g : geometries()) {
        check(
            "to the input of " + g,
            g.outChannels(),
            g.inHeight(),
            g.inWidth(),
            gradientInput(g, backend),
            gradientInput(g, reference));
      }
    }
  }

  private static float[] gradientInput(ConvGeometry g, Backend b) {
    Operands operands = new Operands(b);
    Buffer dy = operands.random(g.batch() * g.outChannels() * g.outPlane());
    Buffer w = operands.random(g.outChannels() * g.patch());
    Buffer dx = operands.unwritten(g.batch() * g.inChannels() * g.inPlane());
    b.convolutionGradientInput(g, dy, w, dx);
    return operands.result(dx);
  }

  /**
   * Within the bound that {@link Backend#convolution} gives for F(4x4, 3x3) and operands of at most
   * 1: {@code λ sqrt(C + 18) u C s_i s_j} with λ = 1/64. That λ counts on the errors of many
   * channels to balance; what fewer than 16 lack in that, they are given here by being counted as
   * 16. Bias, residual and activation round three times more, each at most the largest sum.
   */
  private static void check(
      String title, int channels, int height, int width, float[] actual, float[] expected) {
    double[] growth = {16, 17, 24, 48};
    int terms = Math.max(16, channels);
    double each = Math.sqrt(terms + 18) / 64 * 0x1p-24 * terms;
    double epilogue = 3 * 0x1p-24 * (9 * channels + 2);
    for (int i = 0; i < actual.length; i++) {
      double bound = each * growth[i / width % height % 4] * growth[i % width % 4] + epilogue;
      assertThat((double) actual[i])
          .as("%s: element %d (-Dgraft.contract.seed=%d)", title, i, SEED)
          .isBetween(expected[i] - bound, expected[i] + bound);
    }
  }

  // ---- what else is promised -------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu"})
  void notANumber_reachesWhatDependsOnIt_andNoOtherTile(String tiles) {
    ConvGeometry g = of(2, 3, 11, 41, 4, 1, 1, 1, 1);
    try (OpenClBackend backend = open(tiles, "always")) {
      for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        for (int[] pixel : new int[][] {{0, 0}, {4, 4}, {5, 6}, {10, 40}, {3, 20}}) {
          Operands operands = new Operands(backend);
          int image = 1;
          float[] values = operands.draw(g.batch() * g.inChannels() * g.inPlane());
          values[((image * 3 + 1) * 11 + pixel[0]) * 41 + pixel[1]] = special;
          Buffer x = operands.of(values);
          Buffer w = operands.random(g.outChannels() * g.patch());
          Buffer y = operands.unwritten(g.batch() * g.outChannels() * g.outPlane());
          backend.convolution(g, x, w, null, y);
          spreads(g, image, pixel, operands.result(y));
        }
      }
    }
  }

  private static void spreads(ConvGeometry g, int image, int[] pixel, float[] y) {
    for (int i = 0; i < y.length; i++) {
      int row = i / g.outWidth() % g.outHeight();
      int column = i % g.outWidth();
      boolean here = i / (g.outChannels() * g.outPlane()) == image;
      boolean depends = here && Math.abs(row - pixel[0]) <= 1 && Math.abs(column - pixel[1]) <= 1;
      // Of the tile's 6x6 pixels one is this.
      boolean may =
          here
              && pixel[0] >= row / 4 * 4 - 1
              && pixel[0] <= row / 4 * 4 + 4
              && pixel[1] >= column / 4 * 4 - 1
              && pixel[1] <= column / 4 * 4 + 4;
      if (depends || !may) {
        assertThat(Float.isFinite(y[i]))
            .as("pixel %d,%d: element %d", pixel[0], pixel[1], i)
            .isEqualTo(!depends);
      }
    }
  }

  @Test
  void theSameCall_givesTheSameBits_packedOrChanging() {
    ConvGeometry g = of(3, 17, 31, 33, 19, 1, 1, 1, 1);
    try (OpenClBackend backend = open("", "always")) {
      float[] once = new Case(g, EPILOGUES.get(3), false, false).on(backend);
      assertThat(new Case(g, EPILOGUES.get(3), false, false).on(backend)).isEqualTo(once);
      assertThat(new Case(g, EPILOGUES.get(3), true, false).on(backend)).isEqualTo(once);
    }
  }

  @Test
  void weightsThatArePackedAgain_areThoseUsed() {
    ConvGeometry g = of(1, 3, 8, 8, 4, 1, 1, 1, 1);
    try (OpenClBackend backend = open("", "always")) {
      Operands operands = new Operands(backend);
      Buffer x = operands.random(3 * 64);
      Buffer first = operands.random(g.outChannels() * g.patch());
      Buffer second = operands.random(g.outChannels() * g.patch());
      Buffer y = operands.unwritten(4 * 64);
      Kernel kernel = backend.prepare(g, Epilogue.NONE, false);
      kernel.pack(first);
      kernel.pack(second);
      kernel.run(x, null, null, y);
      Buffer expected = operands.unwritten(4 * 64);
      backend.convolution(g, x, second, null, expected);
      assertThat(operands.result(y)).isEqualTo(operands.result(expected));
    }
  }

  @Test
  void theRule_wantsManyChannelsAndTiles() {
    for (boolean cpu : new boolean[] {false, true}) {
      WinogradRule rule = WinogradRule.of(cpu, Precision.FLOAT32);
      assertThat(rule.takes(of(16, 64, 56, 56, 64, 1, 1, 1, 1))).isTrue();
      assertThat(rule.takes(of(64, 512, 7, 7, 512, 1, 1, 1, 1))).isTrue();
      // Few channels on either side; four tiles, for which all weights would be transformed.
      assertThat(rule.takes(of(16, 16, 56, 56, 64, 1, 1, 1, 1))).isFalse();
      assertThat(rule.takes(of(16, 64, 56, 56, 16, 1, 1, 1, 1))).isFalse();
      assertThat(rule.takes(of(1, 512, 7, 7, 512, 1, 1, 1, 1))).isFalse();
      // Weights of more than 64 MiB.
      assertThat(rule.takes(of(64, 1024, 14, 14, 1024, 1, 1, 1, 1))).isFalse();
    }
  }

  @Test
  void theRule_wantsNoRoundedOperands() {
    System.setProperty(WinogradRule.PROPERTY, "always");
    ConvGeometry g = of(16, 64, 56, 56, 64, 1, 1, 1, 1);
    assertThat(WinogradRule.of(false, Precision.FLOAT32).takes(g)).isTrue();
    assertThat(WinogradRule.of(false, Precision.TF32).takes(g)).isFalse();
    assertThat(WinogradRule.of(false, Precision.BF16).takes(g)).isFalse();
  }

  @Test
  void theRule_takesNothingElseThan3x3OfStride1() {
    System.setProperty(WinogradRule.PROPERTY, "always");
    WinogradRule rule = WinogradRule.of(false, Precision.FLOAT32);
    assertThat(rule.takes(of(1, 1, 3, 3, 1, 0, 0, 0, 0))).isTrue();
    assertThat(rule.takes(new ConvGeometry(1, 8, 9, 9, 8, 1, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1)))
        .isFalse();
    assertThat(rule.takes(new ConvGeometry(1, 8, 9, 9, 8, 1, 3, 3, 1, 1, 1, 2, 1, 1, 1, 1)))
        .isFalse();
    assertThat(rule.takes(new ConvGeometry(1, 8, 9, 9, 8, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)))
        .isFalse();
    assertThat(rule.takes(new ConvGeometry(1, 8, 9, 9, 8, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1)))
        .isFalse();
  }

  /** Operands as views with guards around them. */
  private static final class Operands {

    private final Backend backend;
    private final List<Buffer> whole = new ArrayList<>();
    private final List<Buffer> views = new ArrayList<>();

    Operands(Backend backend) {
      this.backend = backend;
    }

    float[] draw(int n) {
      float[] values = new float[n];
      long key = Rng.key(SEED, "operand " + views.size());
      for (int i = 0; i < n; i++) {
        values[i] = 2 * Rng.uniform(key, i) - 1;
      }
      return values;
    }

    Buffer random(int n) {
      return of(draw(n));
    }

    Buffer unwritten(int n) {
      float[] nan = new float[n];
      Arrays.fill(nan, Float.NaN);
      return of(nan);
    }

    Buffer of(float[] values) {
      int n = values.length;
      float[] all = new float[BEFORE + n + BEHIND];
      Arrays.fill(all, GUARD);
      System.arraycopy(values, 0, all, BEFORE, n);
      Buffer buffer = backend.allocate(all.length);
      backend.upload(all, 0, all.length, buffer);
      whole.add(buffer);
      views.add(buffer.slice(BEFORE, n));
      return views.get(views.size() - 1);
    }

    /** The values of a view; all guards are as they were. */
    float[] result(Buffer view) {
      for (Buffer buffer : whole) {
        float[] all = new float[buffer.length()];
        backend.download(buffer, all.length, all, 0);
        for (int i = 0; i < BEFORE; i++) {
          assertThat(all[i]).isEqualTo(GUARD);
        }
        for (int i = all.length - BEHIND; i < all.length; i++) {
          assertThat(all[i]).isEqualTo(GUARD);
        }
      }
      float[] values = new float[view.length()];
      backend.download(view, values.length, values, 0);
      return values;
    }
  }
}
