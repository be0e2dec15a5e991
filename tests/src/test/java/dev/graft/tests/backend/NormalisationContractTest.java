package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** What normalisations over channels are made of. */
class NormalisationContractTest {

  /** The sizes of {@code x [batch, channels, plane]}. */
  private record Block(int batch, int channels, int plane) {
    int elements() {
      return batch * channels * plane;
    }

    int channel(int element) {
      return element / plane % channels;
    }

    /** For every channel, the sum of what {@code term} is for its elements. */
    double[] sums(IntToDoubleFunction term) {
      double[] sums = new double[channels];
      for (int i = 0; i < elements(); i++) {
        sums[channel(i)] += term.applyAsDouble(i);
      }
      return sums;
    }
  }

  private static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (int size : Sizes.EDGES) {
      blocks.add(new Block(2, 3, size));
      blocks.add(new Block(2, size, 5));
      blocks.add(new Block(3, size, 1));
      blocks.add(new Block(size, 2, 1));
    }
    blocks.add(new Block(1, 1, 1));
    blocks.add(new Block(4, 17, 28 * 28));
    blocks.add(new Block(1, 3, Sizes.LONG));
    return blocks;
  }

  // ---- affine ----------------------------------------------------------------------------------

  @EachBackend
  void channelAffine_byHand(Backend backend) {
    Comparison c = new Comparison(backend, "affine by hand");
    Operand x = c.input(1, 2, 3, 4, 5, 6, 7, 8);
    Operand scale = c.input(2, -1);
    Operand shift = c.input(10, 0.5f);
    Operand y = c.output(8);
    c.run(b -> b.channelAffine(2, 2, 2, x.on(b), scale.on(b), shift.on(b), y.on(b)));
    assertThat(y.actual()).containsExactly(12, 14, -2.5f, -3.5f, 20, 22, -6.5f, -7.5f);
  }

  @EachBackend
  void channelAffine_ofAllBlocks(Backend backend) {
    for (Block s : blocks()) {
      Comparison c = new Comparison(backend, "affine of " + s);
      Operand x = c.random(s.elements());
      Operand scale = c.random(s.channels());
      Operand shift = c.random(s.channels());
      Operand y = c.output(s.elements());
      c.run(
          b ->
              b.channelAffine(
                  s.batch(), s.channels(), s.plane(), x.on(b), scale.on(b), shift.on(b), y.on(b)));
      // A product and a sum.
      c.isSum(y, 2);
    }
  }

  @EachBackend
  void activatedChannelAffine_hasTheBitsOfBothSteps(Backend backend) {
    for (Block s : blocks()) {
      for (UnaryOp op : new UnaryOp[] {UnaryOp.RELU, UnaryOp.CLIP, UnaryOp.TANH}) {
        float[] x = new float[s.elements()];
        for (int i = 0; i < x.length; i++) {
          x[i] = i % 11 == 10 ? SPECIAL[i % SPECIAL.length] : 16 * Rng.uniform(3, i) - 8;
        }
        float[] coefficients = new float[s.channels()];
        for (int c = 0; c < coefficients.length; c++) {
          coefficients[c] = Rng.uniform(7, c) - 0.5f;
        }
        Buffer in = uploaded(backend, x);
        Buffer scale = uploaded(backend, coefficients);
        Buffer two = uploaded(backend, new float[x.length]);
        Buffer one = uploaded(backend, new float[x.length]);
        backend.channelAffine(s.batch(), s.channels(), s.plane(), in, scale, scale, two);
        backend.unary(op, 0, 6, x.length, two, two);
        backend.activatedChannelAffine(
            s.batch(), s.channels(), s.plane(), in, scale, scale, op, 0, 6, one);
        assertThat(downloaded(backend, one, x.length))
            .as("%s of %s", op, s)
            .isEqualTo(downloaded(backend, two, x.length));
      }
    }
  }

  private static final float[] SPECIAL = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f
  };

  private static Buffer uploaded(Backend backend, float[] values) {
    Buffer buffer = backend.allocate(values.length);
    backend.upload(values, 0, values.length, buffer);
    return buffer;
  }

  private static int[] downloaded(Backend backend, Buffer buffer, int count) {
    float[] values = new float[count];
    backend.download(buffer, count, values, 0);
    int[] bits = new int[count];
    Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
    return bits;
  }

  @EachBackend
  void channelCombine_byHand(Backend backend) {
    Comparison c = new Comparison(backend, "combine by hand");
    Operand x = c.input(1, 2, 3, 4);
    Operand scaleX = c.input(2, -1);
    Operand z = c.input(10, 20, 30, 40);
    Operand scaleZ = c.input(0.5f, 1);
    Operand shift = c.input(100, 0);
    Operand y = c.output(4);
    c.run(
        b ->
            b.channelCombine(
                1, 2, 2, x.on(b), scaleX.on(b), z.on(b), scaleZ.on(b), shift.on(b), y.on(b)));
    assertThat(y.actual()).containsExactly(107, 114, 27, 36);
  }

  @EachBackend
  void channelCombine_ofAllBlocks(Backend backend) {
    for (Block s : blocks()) {
      Comparison c = new Comparison(backend, "combination of " + s);
      Operand x = c.random(s.elements());
      Operand scaleX = c.random(s.channels());
      Operand z = c.random(s.elements());
      Operand scaleZ = c.random(s.channels());
      Operand shift = c.random(s.channels());
      Operand y = c.output(s.elements());
      c.run(
          b ->
              b.channelCombine(
                  s.batch(),
                  s.channels(),
                  s.plane(),
                  x.on(b),
                  scaleX.on(b),
                  z.on(b),
                  scaleZ.on(b),
                  shift.on(b),
                  y.on(b)));
      // A product and two sums for each term at most.
      c.isSum(y, 3);
    }
  }

  // ---- moments ---------------------------------------------------------------------------------

  @EachBackend
  void channelMoments_byHand(Backend backend) {
    Comparison c = new Comparison(backend, "moments by hand");
    Operand x = c.input(1, 3, 10, 10, 5, 7, 10, 10);
    Operand mean = c.output(2);
    Operand variance = c.output(2);
    c.run(b -> b.channelMoments(2, 2, 2, x.on(b), mean.on(b), variance.on(b)));
    assertThat(mean.actual()).containsExactly(4, 10);
    assertThat(variance.actual()).containsExactly(5, 0);
  }

  private static void checkMoments(Backend backend, Block s, double low, double high) {
    Comparison c = new Comparison(backend, "moments of " + s + " from " + low + " to " + high);
    Operand x = c.random(s.elements(), low, high);
    Operand mean = c.output(s.channels());
    Operand variance = c.output(s.channels());
    c.run(
        b ->
            b.channelMoments(
                s.batch(), s.channels(), s.plane(), x.on(b), mean.on(b), variance.on(b)));
    int m = s.batch() * s.plane();
    double gamma = Rounding.gamma(Rounding.blocked(m) + 5);
    double[] size = mean.magnitude();
    c.isWithin(mean, i -> gamma * size[i] + Float.MIN_NORMAL);
    // A mean that is off by d moves the sum of squares by 2 d Σ |x - mean| + m d^2; divided by m,
    // and with mean |x - mean| <= sqrt(variance), that is 2 d sqrt(variance) + d^2. It is far below
    // the error of Σ x^2 / m - mean^2, which is relative to the square of the mean.
    double[] exact = variance.expected();
    c.isWithin(
        variance,
        i -> {
          double d = gamma * size[i];
          return gamma * exact[i] + 2 * d * Math.sqrt(exact[i]) + d * d + Float.MIN_NORMAL;
        });
  }

  @EachBackend
  void channelMoments_ofAllBlocks(Backend backend) {
    for (Block s : blocks()) {
      checkMoments(backend, s, -1, 1);
    }
  }

  @EachBackend
  void channelMoments_doNotCancelBesideALargeMean(Backend backend) {
    for (Block s : List.of(new Block(3, 5, 49), new Block(200, 3, 1), new Block(2, 2, 1001))) {
      checkMoments(backend, s, 999, 1001);
    }
  }

  @EachBackend
  void channelMoments_passNanOnInItsChannelOnly(Backend backend) {
    for (int plane : new int[] {1, 7, 64}) {
      Block s = new Block(9, 3, plane);
      for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        Comparison c = new Comparison(backend, "moments with " + special + " in " + s);
        float[] values = c.draw(s.elements(), -1, 1);
        values[4 * plane] = special;
        Operand x = c.input(values);
        Operand mean = c.output(3);
        Operand variance = c.output(3);
        c.run(b -> b.channelMoments(9, 3, plane, x.on(b), mean.on(b), variance.on(b)));
        assertThat(mean.actual()[1]).isEqualTo(Float.valueOf(special));
        assertThat(variance.actual()[1]).isNaN();
        for (int channel : new int[] {0, 2}) {
          assertThat(mean.actual()[channel]).isFinite();
          assertThat(variance.actual()[channel]).isFinite();
        }
      }
    }
  }

  // ---- gradient sums ---------------------------------------------------------------------------

  @EachBackend
  void channelGradientSums_byHand(Backend backend) {
    Comparison c = new Comparison(backend, "gradient sums by hand");
    Operand x = c.input(1, 3, 10, 12);
    Operand mean = c.input(2, 10);
    Operand dy = c.input(5, 7, 1, -4);
    Operand sum = c.output(2);
    Operand dot = c.output(2);
    c.run(b -> b.channelGradientSums(1, 2, 2, x.on(b), mean.on(b), dy.on(b), sum.on(b), dot.on(b)));
    assertThat(sum.actual()).containsExactly(12, -3);
    assertThat(dot.actual()).containsExactly(2, -8);
  }

  @EachBackend
  void channelGradientSums_ofAllBlocks(Backend backend) {
    for (Block s : blocks()) {
      for (double centre : new double[] {0, 1000}) {
        Comparison c = new Comparison(backend, "gradient sums of " + s + " at " + centre);
        Operand x = c.random(s.elements(), centre - 1, centre + 1);
        Operand mean = c.random(s.channels(), centre - 0.1, centre + 0.1);
        Operand dy = c.random(s.elements());
        Operand sum = c.output(s.channels());
        Operand dot = c.output(s.channels());
        c.run(
            b ->
                b.channelGradientSums(
                    s.batch(),
                    s.channels(),
                    s.plane(),
                    x.on(b),
                    mean.on(b),
                    dy.on(b),
                    sum.on(b),
                    dot.on(b)));
        double roundings = Rounding.blocked(s.batch() * s.plane());
        c.isSum(sum, roundings);
        // Each term: a difference, correctly rounded however large the mean is, and a product.
        float[] xs = x.initial();
        float[] means = mean.initial();
        float[] dys = dy.initial();
        double[] size =
            s.sums(i -> Math.abs(dys[i]) * Math.abs((double) xs[i] - means[s.channel(i)]));
        double gamma = Rounding.gamma(roundings + 2);
        c.isWithin(dot, i -> gamma * size[i] + Float.MIN_NORMAL);
      }
    }
  }

  @EachBackend
  void emptyBlocks(Backend backend) {
    Comparison c = new Comparison(backend, "empty blocks");
    Operand none = c.input();
    Operand two = c.input(1, 2);
    Operand nothing = c.output(0);
    Operand sum = c.output(2);
    Operand dot = c.output(2);
    for (int[] s : new int[][] {{0, 2, 3}, {3, 2, 0}}) {
      c.run(b -> b.channelAffine(s[0], 2, s[2], none.on(b), two.on(b), two.on(b), nothing.on(b)));
      c.run(
          b ->
              b.channelGradientSums(
                  s[0], 2, s[2], none.on(b), two.on(b), none.on(b), sum.on(b), dot.on(b)));
      assertThat(sum.actual()).containsExactly(0, 0);
      assertThat(dot.actual()).containsExactly(0, 0);
      c.run(b -> b.channelMoments(s[0], 2, s[2], none.on(b), sum.on(b), dot.on(b)));
      float[] nan = new float[2];
      Arrays.fill(nan, Float.NaN);
      assertThat(sum.actual()).isEqualTo(nan);
      assertThat(dot.actual()).isEqualTo(nan);
    }
  }
}
