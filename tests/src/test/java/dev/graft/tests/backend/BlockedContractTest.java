package dev.graft.tests.backend;

import static dev.graft.tests.backend.Geometries.square;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.BlockedKernels;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.PoolGeometry;
import java.util.ArrayList;
import java.util.List;

/** Kernels on blocks of channels yield what the planar ones do, where a backend has any. */
class BlockedContractTest {

  private static List<ConvGeometry> geometries() {
    List<ConvGeometry> cases = new ArrayList<>(KernelContractTest.chosen());
    cases.addAll(KernelContractTest.random());
    // One to seven blocks at every width, whole and not, and more than a chunk of tiles.
    for (int out : new int[] {16, 20, 32, 48, 64, 72, 80, 112}) {
      cases.add(square(2, 19, 7, out, 1, 1, 1, 0));
      cases.add(square(1, 9, 13, out, 1, 3, 1, 1));
    }
    cases.add(square(1, 40, 57, 36, 1, 1, 1, 0));
    cases.add(square(1, 24, 33, 36, 1, 3, 2, 1));
    cases.add(square(2, 3, 33, 32, 1, 7, 2, 3));
    cases.add(square(3, 40, 15, 40, 40, 3, 1, 1));
    cases.add(square(2, 40, 15, 40, 40, 3, 2, 1));
    cases.add(square(2, 35, 9, 35, 35, 5, 1, 2));
    cases.add(square(2, 35, 2, 35, 35, 3, 1, 1));
    // Padding wider than the kernel: windows that see nothing but padding.
    cases.add(new ConvGeometry(2, 20, 5, 6, 20, 1, 2, 2, 1, 1, 1, 1, 3, 4, 2, 3));
    cases.add(new ConvGeometry(2, 20, 5, 6, 20, 20, 2, 2, 1, 1, 1, 1, 3, 4, 2, 3));
    cases.add(new ConvGeometry(2, 20, 13, 19, 24, 1, 3, 5, 2, 3, 2, 1, 1, 0, 3, 2));
    cases.add(new ConvGeometry(2, 20, 13, 19, 20, 20, 3, 5, 2, 3, 2, 1, 1, 0, 3, 2));
    return cases;
  }

  @EachBackend
  void convolutions_ofAllGeometries(Backend backend) {
    BlockedKernels kernels = backend.blocked();
    assumeTrue(kernels != null, "it has none");
    int suited = 0;
    int next = 0;
    for (ConvGeometry g : geometries()) {
      for (int i = 0; i < 3; i++, next++) {
        KernelCase.Tail tail = KernelCase.TAILS.get(next % KernelCase.TAILS.size());
        if (!tail.inPlace() && kernels.suits(g, tail.epilogue())) {
          KernelCase.onBlocks(backend, g, tail, false).run().isSum();
          suited++;
          if (kernels.readsPlanar(g)) {
            KernelCase.onBlocks(backend, g, tail, true).run().isSum();
          }
        }
      }
    }
    assertThat(suited).isGreaterThan(50);
  }

  @EachBackend
  void maxPool_ofAllGeometries_withNanAndInfinity(Backend backend) {
    assumeTrue(backend.blocked() != null, "it has none");
    for (PoolGeometry g : PoolContractTest.all()) {
      Comparison c = new Comparison(backend, "maxima on blocks of " + g);
      float[] values = c.draw(g.planes() * g.inPlane(), -1, 1);
      for (int i = 0; i < values.length; i += 11) {
        values[i] = i % 3 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
      }
      var x = c.input(values);
      var y = c.output(g.planes() * g.outPlane());
      c.run(
          b -> {
            if (b == backend) {
              new OnBlocks(b).maxPool(g, x.on(b), y.on(b));
            } else {
              b.maxPool(g, x.on(b), null, y.on(b));
            }
          });
      c.isExact(y);
    }
  }

  @EachBackend
  void scale_ofAllSizes(Backend backend) {
    assumeTrue(backend.blocked() != null, "it has none");
    for (int channels : new int[] {1, 4, 16, 37, 64}) {
      for (int plane : new int[] {1, 3, 49, 130}) {
        Comparison c = new Comparison(backend, "scales on blocks of " + channels + "x" + plane);
        var x = c.random(3 * channels * plane);
        var s = c.random(3 * channels);
        var y = c.output(3 * channels * plane);
        int[] shape = {3 * channels, plane};
        int[] dense = {plane, 1};
        int[] channel = {1, 0};
        c.run(
            b -> {
              if (b == backend) {
                new OnBlocks(b).scale(3, channels, plane, x.on(b), s.on(b), y.on(b));
              } else {
                b.binary(BinaryOp.MUL, shape, x.on(b), dense, s.on(b), channel, y.on(b));
              }
            });
        c.isRelative(y, 1);
      }
    }
  }

  @EachBackend
  void globalAverage_ofAllSizes(Backend backend) {
    assumeTrue(backend.blocked() != null, "it has none");
    for (int channels : new int[] {1, 4, 16, 37, 64}) {
      for (int plane : new int[] {1, 3, 4, 49, 130}) {
        Comparison c = new Comparison(backend, "averages on blocks of " + channels + "x" + plane);
        var x = c.random(3 * channels * plane);
        var y = c.output(3 * channels);
        PoolGeometry all =
            new PoolGeometry(3 * channels, 1, plane, 1, 1, 1, plane, 1, 1, 1, 1, 0, 0, 0, 0, false);
        c.run(
            b -> {
              if (b == backend) {
                new OnBlocks(b).globalAverage(3, channels, plane, x.on(b), y.on(b));
              } else {
                b.averagePool(all, x.on(b), y.on(b));
              }
            });
        c.isSum(y, plane + 3);
      }
    }
  }
}
