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
import dev.graft.kernels.opencl.device.OpenClDevices;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every shipped set of tiles computes the same on whatever device there is: those for GPUs run on a
 * CPU too, if slowly. The contract suite runs with one set, or with {@code -Dgraft.opencl.tiles}.
 */
class TilesTest {

  private static final boolean[] BOTH = {false, true};

  /** A call with two inputs and an output. */
  private interface Call {
    void run(Backend backend, Buffer a, Buffer b, Buffer y);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nvidia", "amd", "intel", "gpu", ""})
  void everySet_multipliesAndConvolves(String name) {
    assumeTrue(!OpenClDevices.list().isEmpty(), OpenClDevices.found().problem());
    System.setProperty(TileChoice.PROPERTY, name);
    try (OpenClBackend backend = new OpenClBackend(OpenClDevices.chosen());
        ReferenceBackend reference = new ReferenceBackend()) {
      // A CPU takes seconds to build one of these programs: the sets between only multiply.
      boolean whole = name.isEmpty() || name.equals("nvidia") || name.equals("gpu");
      products(backend, reference, whole ? BOTH : new boolean[] {false});
      if (whole) {
        convolutions(backend, reference);
      }
    } finally {
      System.clearProperty(TileChoice.PROPERTY);
    }
  }

  private static void products(Backend backend, ReferenceBackend reference, boolean[] transposed) {
    for (boolean a : transposed) {
      for (boolean b : transposed) {
        // Beyond one tile both ways; k split in parts; few rows; few columns.
        for (int[] s : new int[][] {{131, 259, 37}, {9, 70, 2100}, {2, 300, 600}, {300, 3, 70}}) {
          GemmGeometry g = GemmGeometry.of(a, b, s[0], s[1], s[2]);
          int n = s[0] * s[1];
          check(
              g.toString(),
              backend,
              reference,
              new int[] {s[0] * s[2], s[2] * s[1], n},
              s[2],
              (on, x, w, y) -> on.gemm(g, 1.5, x, w, -0.5, y));
        }
      }
    }
  }

  private static List<ConvGeometry> geometries() {
    List<ConvGeometry> all = new ArrayList<>();
    all.add(new ConvGeometry(3, 20, 13, 11, 33, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1));
    all.add(new ConvGeometry(2, 17, 9, 14, 70, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0));
    all.add(new ConvGeometry(2, 6, 15, 12, 10, 2, 3, 2, 2, 3, 2, 1, 0, 2, 3, 1));
    all.add(new ConvGeometry(1, 40, 7, 7, 40, 1, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1));
    all.add(new ConvGeometry(3, 8, 19, 17, 16, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1));
    all.add(new ConvGeometry(2, 5, 10, 35, 5, 5, 5, 3, 2, 2, 1, 1, 2, 1, 2, 1));
    return all;
  }

  private static void convolutions(Backend backend, ReferenceBackend reference) {
    Epilogue epilogue = new Epilogue(false, true, UnaryOp.RELU, 0, 0);
    for (ConvGeometry g : geometries()) {
      int x = g.batch() * g.inChannels() * g.inPlane();
      int w = g.outChannels() * g.patch();
      int y = g.batch() * g.outChannels() * g.outPlane();
      check(
          "forward " + g,
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
          "to the input " + g,
          backend,
          reference,
          new int[] {y, w, x},
          g.patch() * g.outChannels(),
          (on, a, b, c) -> on.convolutionGradientInput(g, a, b, c));
      check(
          "to the weight " + g,
          backend,
          reference,
          new int[] {x, y, w},
          g.batch() * g.outPlane(),
          (on, a, b, c) -> on.convolutionGradientWeight(g, a, b, c));
    }
  }

  /**
   * @param terms of the longest sum: each is at most 1.5, so that the sum strays by γ_terms times
   *     as many
   */
  private static void check(
      String title,
      Backend backend,
      ReferenceBackend reference,
      int[] sizes,
      int terms,
      Call call) {
    float[] actual = run(backend, sizes, call);
    float[] expected = run(reference, sizes, call);
    double bound = 1.5 * (terms + 4) * (terms + 4) * 0x1p-24;
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("%s: element %d", title, i)
          .isBetween(expected[i] - bound, expected[i] + bound);
    }
  }

  private static float[] run(Backend backend, int[] sizes, Call call) {
    Buffer[] operands = new Buffer[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      float[] values = new float[sizes[i]];
      for (int j = 0; j < values.length; j++) {
        values[j] = 2 * Rng.uniform(i, j) - 1;
      }
      operands[i] = backend.allocate(sizes[i] + 3).slice(3, sizes[i]);
      backend.upload(values, 0, values.length, operands[i]);
    }
    call.run(backend, operands[0], operands[1], operands[2]);
    float[] result = new float[sizes[2]];
    backend.download(operands[2], result.length, result, 0);
    return result;
  }

  @Test
  void productsThatWouldLeaveHalfOfALargeTileEmpty_takeASmallOne() {
    Tile large = new Tile.Gpu(128, 128, 8, 8, 8, 2);
    Tile small = new Tile.Gpu(64, 64, 16, 4, 4, 2);
    TileChoice choice = new TileChoice(large, small);
    int units = 16;
    assertThat(choice.of(product(128, 4096), units)).isEqualTo(large);
    assertThat(choice.of(product(64, 8192), units)).isEqualTo(small);
    assertThat(choice.of(product(8192, 64), units)).isEqualTo(small);
    // Fewer tiles than units.
    assertThat(choice.of(product(128, 512), units)).isEqualTo(small);
  }

  private static Contraction product(int m, int n) {
    return Contraction.of(GemmGeometry.of(false, false, m, n, 576));
  }

  @Test
  void tilesThatCannotBeShared_areRefused() {
    // More items than a group may have; an item that is no multiple of 4; too few items to copy.
    for (int[] n : new int[][] {{128, 128, 8, 4, 4}, {64, 64, 8, 6, 4}, {128, 128, 8, 16, 16}}) {
      assertThatThrownBy(() -> new Tile.Gpu(n[0], n[1], n[2], n[3], n[4], 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no tile of");
    }
    assertThatThrownBy(() -> new Tile.Cpu(16, 2, 8, 256, 121, 256))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
