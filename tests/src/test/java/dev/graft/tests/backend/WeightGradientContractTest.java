package dev.graft.tests.backend;

import static dev.graft.tests.backend.Geometries.inputs;
import static dev.graft.tests.backend.Geometries.outputs;
import static dev.graft.tests.backend.Geometries.square;
import static dev.graft.tests.backend.Geometries.weights;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Rng;

/**
 * The gradient to the weights, at every number of output channels, batch and stride: it sums over
 * pixels and images, where all other products sum over channels.
 */
class WeightGradientContractTest {

  private static final int MOST_CHANNELS = 40;

  private static void check(Backend backend, ConvGeometry g) {
    Comparison c = new Comparison(backend, "gradient to the weight of " + g);
    Operand x = c.random(inputs(g));
    Operand dy = c.random(outputs(g));
    Operand dw = c.output(weights(g));
    c.run(b -> b.convolutionGradientWeight(g, x.on(b), dy.on(b), dw.on(b)));
    c.isSum(dw, g.batch() * g.outPlane() + 1);
  }

  @EachBackend
  void everyNumberOfOutputChannels_ofEveryKernel(Backend backend) {
    for (int out = 1; out <= MOST_CHANNELS; out++) {
      int batch = 1 + out % 5;
      check(backend, square(batch, 5, 7, out, 1, 1, 1, 0));
      check(backend, square(batch, 3, 9, out, 1, 3, 1, 1));
      check(backend, square(batch, 4, 8, out, 1, 3, 2, 1));
      check(backend, square(batch, 3, 11, out, 1, 5, 1, 0));
    }
  }

  @EachBackend
  void everyBatch_ofSmallAndLargePlanes(Backend backend) {
    for (int batch = 1; batch <= 5; batch++) {
      for (int size : new int[] {1, 2, 3, 5, 7, 13, 14, 15, 29}) {
        check(backend, square(batch, 7, size, 13, 1, 1, 1, 0));
        check(backend, square(batch, 3, size, 9, 1, 3, 1, 1));
        check(backend, square(batch, 2, size, 6, 1, 3, 2, 1));
        // Padding beyond a pointwise kernel: most of the plane is zero.
        check(backend, square(batch, 3, size, 5, 1, 1, 1, 2));
        check(backend, square(batch, 3, size, 5, 1, 1, 3, 0));
      }
    }
  }

  @EachBackend
  void validConvolutions_withoutPadding(Backend backend) {
    for (int kernel = 2; kernel <= 5; kernel++) {
      for (int stride = 1; stride <= 3; stride++) {
        // The window is the whole image, then grows into what a stride leaves unread.
        for (int size = kernel; size <= kernel + 6; size++) {
          check(backend, square(3, 4, size, 7, 1, kernel, stride, 0));
        }
      }
    }
  }

  /** Each axis and each side with a number of its own. */
  @EachBackend
  void randomGeometries(Backend backend) {
    for (int trial = 0; trial < 80; trial++) {
      long key = Rng.key(trial, "weight gradient");
      int groups = Rng.below(key, 0, 3) == 0 ? 2 + Rng.below(key, 1, 3) : 1;
      int kernelHeight = 1 + Rng.below(key, 2, 4);
      int kernelWidth = 1 + Rng.below(key, 3, 5);
      int dilationHeight = 1 + Rng.below(key, 4, 3);
      int dilationWidth = 1 + Rng.below(key, 5, 3);
      boolean valid = Rng.below(key, 6, 2) == 0;
      int[] pads = new int[4];
      for (int side = 0; side < 4; side++) {
        pads[side] = valid ? 0 : Rng.below(key, 7 + side, 4);
      }
      check(
          backend,
          new ConvGeometry(
              1 + Rng.below(key, 11, 5),
              groups * (1 + Rng.below(key, 12, 7)),
              dilationHeight * (kernelHeight - 1) + 1 + Rng.below(key, 13, 12),
              dilationWidth * (kernelWidth - 1) + 1 + Rng.below(key, 14, 20),
              groups * (1 + Rng.below(key, 15, MOST_CHANNELS)),
              groups,
              kernelHeight,
              kernelWidth,
              1 + Rng.below(key, 16, 3),
              1 + Rng.below(key, 17, 3),
              dilationHeight,
              dilationWidth,
              pads[0],
              pads[1],
              pads[2],
              pads[3]));
    }
  }

  @EachBackend
  void groups_andDepthwiseWithMultiplier(Backend backend) {
    for (int batch = 1; batch <= 5; batch++) {
      for (int stride = 1; stride <= 2; stride++) {
        check(backend, square(batch, 8, 9, 12, 4, 3, stride, 1));
        check(backend, square(batch, 6, 7, 51, 3, 3, stride, 0));
        check(backend, square(batch, 6, 7, 26, 2, 1, stride, 0));
        check(backend, square(batch, 9, 13, 9, 9, 3, stride, 1));
        check(backend, square(batch, 5, 10, 15, 5, 5, stride, 2));
      }
    }
  }

  /** Many rows of weights, and padded images that are copied in several turns. */
  @EachBackend
  void moreThanOneBlock_ofWeightsAndOfImages(Backend backend) {
    check(backend, square(2, 200, 5, 9, 1, 3, 1, 1));
    check(backend, square(5, 128, 46, 40, 1, 3, 3, 0));
    check(backend, square(5, 700, 3, 35, 1, 1, 1, 0));
  }
}
