package dev.graft.tests.backend;

import static dev.graft.tests.backend.Geometries.inputs;
import static dev.graft.tests.backend.Geometries.outputs;
import static dev.graft.tests.backend.Geometries.square;
import static dev.graft.tests.backend.Geometries.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * Convolutions, their gradients, and the unfolding they are defined by. The reference backend runs
 * the default bodies, so that an override is held against them here.
 */
class ConvolutionContractTest {

  /** One dimension: height 1. */
  private static ConvGeometry line(
      int in, int width, int out, int groups, int kernel, int stride, int dilation, int left) {
    return new ConvGeometry(
        2, in, 1, width, out, groups, 1, kernel, 1, stride, 1, dilation, 0, left, 0, 2);
  }

  private static List<ConvGeometry> chosen() {
    List<ConvGeometry> cases = new ArrayList<>();
    for (int channels : new int[] {1, 3, 8, 17, 33}) {
      cases.add(square(2, channels, 9, 16, 1, 1, 1, 0));
      cases.add(square(2, channels, 9, 7, 1, 1, 2, 0));
      cases.add(square(1, channels, 9, 7, 1, 1, 1, 1));
      cases.add(square(2, channels, 11, 5, 1, 3, 1, 1));
      cases.add(square(1, channels, 12, 33, 1, 3, 2, 1));
      cases.add(square(2, channels, 10, channels, channels, 3, 1, 1));
      cases.add(square(2, channels, 11, channels, channels, 3, 2, 1));
      cases.add(square(2, channels, 9, 2 * channels, channels, 5, 1, 2));
      cases.add(square(2, channels, 7, channels, channels, 1, 1, 0));
    }
    for (int size : Sizes.EDGES) {
      if (size <= 65) {
        cases.add(square(1, 2, size, 3, 1, 3, 1, 1));
        cases.add(square(1, 3, size, 3, 3, 3, 1, 1));
        cases.add(square(1, 4, size, 3, 1, 1, 1, 0));
        cases.add(square(1, 3, size, 3, 3, 3, 2, 1));
      }
      cases.add(line(3, size, 5, 1, 1, 1, 1, 0));
      cases.add(line(2, size, 3, 1, 3, 1, 1, 1));
      cases.add(line(4, size, 4, 4, 3, 2, 1, 1));
    }
    // Stems, and windows as large as the image.
    cases.add(square(2, 3, 32, 16, 1, 7, 2, 3));
    cases.add(square(2, 3, 31, 8, 1, 3, 2, 0));
    cases.add(square(3, 5, 4, 9, 1, 4, 1, 0));
    cases.add(square(1, 2, 1, 3, 1, 3, 1, 1));
    // Groups of several channels.
    cases.add(square(2, 8, 9, 12, 4, 3, 1, 1));
    cases.add(square(2, 6, 9, 9, 3, 1, 1, 0));
    cases.add(square(1, 32, 7, 32, 2, 3, 2, 1));
    // Every parameter different on the two axes, and on the four sides.
    cases.add(new ConvGeometry(2, 4, 13, 19, 6, 2, 3, 5, 2, 3, 2, 1, 1, 0, 3, 2));
    cases.add(new ConvGeometry(2, 3, 17, 12, 5, 1, 2, 3, 1, 2, 3, 2, 0, 4, 2, 1));
    cases.add(new ConvGeometry(2, 6, 15, 14, 6, 6, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2));
    cases.add(new ConvGeometry(1, 5, 20, 21, 5, 5, 3, 2, 3, 2, 1, 4, 0, 1, 1, 3));
    // Padding wider than the kernel: outputs that see nothing but padding.
    cases.add(new ConvGeometry(1, 2, 5, 6, 3, 1, 2, 2, 1, 1, 1, 1, 3, 4, 2, 3));
    cases.add(new ConvGeometry(1, 4, 5, 6, 4, 4, 2, 2, 1, 1, 1, 1, 3, 4, 2, 3));
    // A stride that leaves the end of the image unread.
    cases.add(new ConvGeometry(2, 3, 10, 11, 4, 1, 2, 2, 4, 4, 1, 1, 0, 0, 0, 0));
    cases.add(new ConvGeometry(2, 3, 10, 11, 4, 1, 1, 1, 3, 3, 1, 1, 0, 0, 0, 0));
    // Large enough for several threads and blocks.
    cases.add(square(3, 16, 24, 32, 1, 3, 1, 1));
    cases.add(square(3, 64, 14, 48, 1, 1, 1, 0));
    cases.add(square(2, 40, 28, 40, 40, 3, 1, 1));
    return cases;
  }

  private static List<ConvGeometry> random() {
    List<ConvGeometry> cases = new ArrayList<>();
    for (int trial = 0; trial < 60; trial++) {
      long key = Rng.key(trial, "convolution");
      int groups = 1 + Rng.below(key, 0, 4);
      int kernelHeight = 1 + Rng.below(key, 1, 4);
      int kernelWidth = 1 + Rng.below(key, 2, 5);
      int dilationHeight = 1 + Rng.below(key, 3, 3);
      int dilationWidth = 1 + Rng.below(key, 4, 3);
      cases.add(
          new ConvGeometry(
              1 + Rng.below(key, 5, 3),
              groups * (1 + Rng.below(key, 6, 5)),
              dilationHeight * (kernelHeight - 1) + 1 + Rng.below(key, 7, 14),
              dilationWidth * (kernelWidth - 1) + 1 + Rng.below(key, 8, 30),
              groups * (1 + Rng.below(key, 9, 9)),
              groups,
              kernelHeight,
              kernelWidth,
              1 + Rng.below(key, 10, 3),
              1 + Rng.below(key, 11, 3),
              dilationHeight,
              dilationWidth,
              Rng.below(key, 12, 3),
              Rng.below(key, 13, 3),
              Rng.below(key, 14, 3),
              Rng.below(key, 15, 3)));
    }
    return cases;
  }

  private static List<ConvGeometry> all() {
    List<ConvGeometry> cases = chosen();
    cases.addAll(random());
    return cases;
  }

  // ---- forward ---------------------------------------------------------------------------------

  @EachBackend
  void convolution_byHand(Backend backend) {
    // x = 1 2 3 / 4 5 6 / 7 8 9 with a row of padding above; w = 1 2 / 3 4; bias 10.
    ConvGeometry g = new ConvGeometry(1, 1, 3, 3, 1, 1, 2, 2, 1, 1, 1, 1, 1, 0, 0, 0);
    Comparison c = new Comparison(backend, "by hand");
    Operand x = c.input(1, 2, 3, 4, 5, 6, 7, 8, 9);
    Operand w = c.input(1, 2, 3, 4);
    Operand bias = c.input(10);
    Operand y = c.output(6);
    c.run(b -> b.convolution(g, x.on(b), w.on(b), bias.on(b), y.on(b)));
    assertThat(y.actual()).containsExactly(21, 28, 47, 57, 77, 87);
  }

  @EachBackend
  void convolution_ofAllGeometries(Backend backend) {
    for (ConvGeometry g : all()) {
      for (boolean biased : new boolean[] {false, true}) {
        Comparison c = new Comparison(backend, g + (biased ? " with bias" : ""));
        Operand x = c.random(inputs(g));
        Operand w = c.random(weights(g));
        Operand bias = biased ? c.random(g.outChannels()) : null;
        Operand y = c.output(outputs(g));
        c.run(b -> b.convolution(g, x.on(b), w.on(b), Operand.on(b, bias), y.on(b)));
        // A patch of products, and the bias.
        c.isSum(y, g.patch() + 1);
      }
    }
  }

  @EachBackend
  void convolution_passesNanAndInfinityOn(Backend backend) {
    List<ConvGeometry> cases =
        List.of(
            square(2, 3, 9, 5, 1, 3, 1, 1),
            square(2, 3, 9, 5, 1, 1, 1, 0),
            square(2, 4, 9, 4, 4, 3, 1, 1),
            square(2, 4, 20, 4, 4, 3, 2, 1));
    for (ConvGeometry g : cases) {
      for (float special : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        for (int at : new int[] {0, inputs(g) / 2, inputs(g) - 1}) {
          Comparison c = new Comparison(backend, g + " with " + special + " at " + at);
          float[] values = c.draw(inputs(g), -1, 1);
          values[at] = special;
          Operand x = c.input(values);
          Operand w = c.random(weights(g));
          Operand y = c.output(outputs(g));
          c.run(b -> b.convolution(g, x.on(b), w.on(b), null, y.on(b)));
          c.isWithin(y, i -> Rounding.gamma(g.patch() + 1) * g.patch());
        }
      }
    }
  }

  // ---- gradients -------------------------------------------------------------------------------

  @EachBackend
  void gradients_byHand(Backend backend) {
    // One row, x = 1 2 3, w = 10 20: y = 50 80.
    ConvGeometry g = new ConvGeometry(1, 1, 1, 3, 1, 1, 1, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    Comparison c = new Comparison(backend, "gradients by hand");
    Operand x = c.input(1, 2, 3);
    Operand w = c.input(10, 20);
    Operand dy = c.input(1, 100);
    Operand dx = c.output(3);
    Operand dw = c.output(2);
    c.run(b -> b.convolutionGradientInput(g, dy.on(b), w.on(b), dx.on(b)));
    c.run(b -> b.convolutionGradientWeight(g, x.on(b), dy.on(b), dw.on(b)));
    assertThat(dx.actual()).containsExactly(10, 1020, 2000);
    assertThat(dw.actual()).containsExactly(201, 302);
  }

  @EachBackend
  void gradientInput_ofAllGeometries(Backend backend) {
    for (ConvGeometry g : all()) {
      Comparison c = new Comparison(backend, "gradient to the input of " + g);
      Operand dy = c.random(outputs(g));
      Operand w = c.random(weights(g));
      Operand dx = c.output(inputs(g));
      c.run(b -> b.convolutionGradientInput(g, dy.on(b), w.on(b), dx.on(b)));
      // Each pixel lies in one window for each position of the kernel at most.
      c.isSum(dx, g.outChannels() / g.groups() * g.kernelHeight() * g.kernelWidth() + 1);
    }
  }

  @EachBackend
  void gradientWeight_ofAllGeometries(Backend backend) {
    for (ConvGeometry g : all()) {
      Comparison c = new Comparison(backend, "gradient to the weight of " + g);
      Operand x = c.random(inputs(g));
      Operand dy = c.random(outputs(g));
      Operand dw = c.output(weights(g));
      c.run(b -> b.convolutionGradientWeight(g, x.on(b), dy.on(b), dw.on(b)));
      c.isSum(dw, g.batch() * g.outPlane() + 1);
    }
  }

  @EachBackend
  void gradients_passNanOn(Backend backend) {
    for (int groups : new int[] {1, 4}) {
      for (int kernel : new int[] {1, 3}) {
        ConvGeometry g = square(2, 4, 9, 4, groups, kernel, 1, kernel / 2);
        Comparison c = new Comparison(backend, "NaN in the gradient of " + g);
        Operand x = c.random(inputs(g));
        Operand w = c.random(weights(g));
        float[] gradient = c.draw(outputs(g), -1, 1);
        gradient[outputs(g) / 2] = Float.NaN;
        Operand dy = c.input(gradient);
        Operand dx = c.output(inputs(g));
        Operand dw = c.output(weights(g));
        c.run(b -> b.convolutionGradientInput(g, dy.on(b), w.on(b), dx.on(b)));
        c.run(b -> b.convolutionGradientWeight(g, x.on(b), dy.on(b), dw.on(b)));
        c.isWithin(dx, i -> Rounding.gamma(40) * 36);
        c.isWithin(dw, i -> Rounding.gamma(200) * 162);
      }
    }
  }

  // ---- unfolding -------------------------------------------------------------------------------

  @EachBackend
  void im2col_byHand(Backend backend) {
    ConvGeometry g = new ConvGeometry(1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 1, 1, 0, 1, 0, 0);
    Comparison c = new Comparison(backend, "im2col by hand");
    Operand x = c.input(1, 2, 3, 4);
    Operand columns = c.output(8);
    c.run(b -> b.im2col(g, 0, 0, x.on(b), columns.on(b)));
    assertThat(columns.actual()).containsExactly(0, 1, 1, 2, 0, 3, 3, 4);
  }

  @EachBackend
  void im2col_ofAllGeometries(Backend backend) {
    for (ConvGeometry g : all()) {
      int image = g.batch() - 1;
      int group = g.groups() / 2;
      Comparison c = new Comparison(backend, "im2col of " + g);
      Operand x = c.random(inputs(g));
      Operand columns = c.output(g.patch() * g.outPlane());
      c.run(b -> b.im2col(g, image, group, x.on(b), columns.on(b)));
      c.isExact(columns);
    }
  }

  @EachBackend
  void col2im_ofAllGeometries_leavesOtherImagesAndGroups(Backend backend) {
    for (ConvGeometry g : all()) {
      int image = g.batch() - 1;
      int group = g.groups() / 2;
      Comparison c = new Comparison(backend, "col2im of " + g);
      Operand columns = c.random(g.patch() * g.outPlane());
      Operand dx = c.output(inputs(g));
      c.run(b -> b.col2im(g, image, group, columns.on(b), dx.on(b)));
      c.isSum(dx, g.kernelHeight() * g.kernelWidth());
    }
  }
}
