package dev.graft.tests.backend;

import static dev.graft.tests.backend.Geometries.inputs;
import static dev.graft.tests.backend.Geometries.outputs;
import static dev.graft.tests.backend.Geometries.square;
import static dev.graft.tests.backend.Geometries.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.ConvGeometry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * 3x3 convolutions that a backend may compute by F(4x4, 3x3), see {@link Backend#convolution}: many
 * channels on both sides and many tiles. A backend that sums directly passes easily.
 */
class FastConvolutionContractTest {

  private static ConvGeometry of(
      int batch, int in, int height, int width, int out, int top, int left, int bottom, int right) {
    return new ConvGeometry(
        batch, in, height, width, out, 1, 3, 3, 1, 1, 1, 1, top, left, bottom, right);
  }

  /** Two images in the same block of tiles, neither size divisible by 4. */
  private static final ConvGeometry SMALL = square(2, 48, 14, 48, 1, 3, 1, 1);

  private static List<ConvGeometry> all() {
    return List.of(
        SMALL,
        // Several images in one block of tiles, with each padding.
        square(5, 64, 8, 48, 1, 3, 1, 1),
        square(5, 61, 6, 65, 1, 3, 1, 2),
        square(7, 48, 10, 50, 1, 3, 1, 0),
        // Heights and widths of every remainder.
        of(1, 40, 30, 27, 33, 1, 1, 1, 1),
        of(2, 40, 15, 18, 50, 2, 2, 2, 2),
        of(2, 48, 17, 23, 40, 0, 0, 0, 0),
        of(2, 35, 21, 14, 47, 0, 1, 2, 0),
        of(1, 70, 3, 90, 70, 1, 1, 2, 2),
        // So many channels that the products are summed in several blocks, here and backwards.
        of(1, 190, 16, 16, 36, 1, 1, 1, 1),
        of(1, 36, 16, 16, 190, 1, 1, 1, 1),
        // Enough blocks of tiles for each thread to transform its own.
        of(4, 17, 32, 28, 41, 1, 1, 1, 1),
        of(6, 32, 16, 16, 40, 1, 2, 1, 2));
  }

  @EachBackend
  void simd_takesTheFastAlgorithm_forAllOfThese_andOpenClWhereItIsForcedTo(Backend backend) {
    // Otherwise the other tests here test nothing new.
    boolean forced = System.getProperty("graft.opencl.winograd", "").equals("always");
    assumeTrue(backend.name().equals("simd") || (backend.name().equals("opencl") && forced));
    assertThat(all()).allMatch(g -> FastConvolution.isTaken(backend, g));
    assertThat(FastConvolution.isTaken(backend, square(2, 48, 14, 48, 1, 3, 2, 1))).isFalse();
  }

  @EachBackend
  void convolution_withinTheBound(Backend backend) {
    for (ConvGeometry g : all()) {
      check(backend, g, -1);
    }
    // Behind a ReLU all pixels are of one sign.
    check(backend, SMALL, 0);
  }

  private static void check(Backend backend, ConvGeometry g, double low) {
    Comparison c = new Comparison(backend, "fast " + g + " of pixels from " + low);
    Operand x = c.random(inputs(g), low, 1);
    Operand w = c.random(weights(g));
    Operand bias = c.random(g.outChannels());
    Operand y = c.output(outputs(g));
    c.run(b -> b.convolution(g, x.on(b), w.on(b), bias.on(b), y.on(b)));
    IntToDoubleFunction product = forward(g);
    double[] magnitude = y.magnitude();
    // And the addition of the bias.
    c.isWithin(y, i -> product.applyAsDouble(i) + Rounding.gamma(1) * magnitude[i]);
  }

  private static IntToDoubleFunction forward(ConvGeometry g) {
    return FastConvolution.bound(g.inChannels(), g.outHeight(), g.outWidth());
  }

  @EachBackend
  void gradientInput_withinTheBound(Backend backend) {
    for (ConvGeometry g : all()) {
      gradientInput(backend, g);
    }
  }

  private static void gradientInput(Backend backend, ConvGeometry g) {
    Comparison c = new Comparison(backend, "fast gradient to the input of " + g);
    Operand dy = c.random(outputs(g));
    Operand w = c.random(weights(g));
    Operand dx = c.output(inputs(g));
    c.run(b -> b.convolutionGradientInput(g, dy.on(b), w.on(b), dx.on(b)));
    c.isWithin(dx, FastConvolution.bound(g.outChannels(), g.inHeight(), g.inWidth()));
  }

  @EachBackend
  void kernels_withinTheBound_withEveryTail(Backend backend) {
    for (KernelCase.Tail tail : KernelCase.TAILS) {
      KernelCase.of(backend, SMALL, tail, false).run().isWithin(forward(SMALL));
      KernelCase.of(backend, SMALL, tail, true).run().isWithin(forward(SMALL));
    }
    int next = 0;
    for (ConvGeometry g : all()) {
      KernelCase.Tail tail = KernelCase.TAILS.get(next++ % KernelCase.TAILS.size());
      KernelCase.of(backend, g, tail, next % 2 == 0).run().isWithin(forward(g));
    }
  }

  static Stream<String> names() {
    return ContractBackends.names();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("names")
  void withinTheBound_onOneThreadAndOnThree(String name) {
    // One transforms and multiplies block by block; three share the few blocks of a small image.
    for (int threads : new int[] {1, 3}) {
      try (Backend backend = Backends.byName(name, threads)) {
        check(backend, SMALL, -1);
        gradientInput(backend, SMALL);
        KernelCase.of(backend, SMALL, KernelCase.NOTHING, false).run().isWithin(forward(SMALL));
      }
    }
  }

  // ---- NaN and infinity ------------------------------------------------------------------------

  @EachBackend
  void notANumber_reachesWhatDependsOnIt_andAtMostTheRestOfItsTiles(Backend backend) {
    ConvGeometry g = SMALL;
    // Corners, the inside of a tile, the pixels that four tiles share, the last element.
    int[] pixels = {0, 13, 2 * 14 + 2, 4 * 14 + 4, 7 * 14 + 8, 13 * 14 + 13};
    for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      for (int pixel : pixels) {
        int at = (g.inChannels() + 3) * g.inPlane() + pixel;
        Comparison c = new Comparison(backend, "fast with " + special + " at " + pixel);
        float[] values = c.draw(inputs(g), -1, 1);
        values[at] = special;
        Operand x = c.input(values);
        Operand w = c.random(weights(g));
        Operand y = c.output(outputs(g));
        c.run(b -> b.convolution(g, x.on(b), w.on(b), null, y.on(b)));
        spreads(g, y, special + " at " + pixel);
      }
    }
  }

  /**
   * Every element is wrong where it must be, right where it must be, or in a tile that is wrong.
   */
  private static void spreads(ConvGeometry g, Operand y, String description) {
    float[] actual = y.actual();
    double[] expected = y.expected();
    IntToDoubleFunction bound = forward(g);
    Set<Integer> wrong = new HashSet<>();
    for (int i = 0; i < actual.length; i++) {
      if (!Double.isFinite(expected[i])) {
        assertThat(Float.isFinite(actual[i])).as("%s: element %d", description, i).isFalse();
        wrong.add(tile(g, i));
      }
    }
    assertThat(wrong).isNotEmpty();
    for (int i = 0; i < actual.length; i++) {
      if (!wrong.contains(tile(g, i))) {
        assertThat((double) actual[i])
            .as("%s: element %d", description, i)
            .isCloseTo(expected[i], offset(bound.applyAsDouble(i)));
      }
    }
  }

  /** The number of the tile of 4x4 that holds an element, counted over all planes. */
  private static int tile(ConvGeometry g, int element) {
    int row = element / g.outWidth() % g.outHeight() / 4;
    int column = element % g.outWidth() / 4;
    return (element / g.outPlane() * g.outHeight() + row) * g.outWidth() + column;
  }
}
