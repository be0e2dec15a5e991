package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Prepared products. */
class ProductKernelContractTest {

  private static final boolean[] BOTH = {false, true};

  /**
   * One for each way a backend may go: few rows, few columns, a tall, a wide and a deep product.
   */
  private static List<GemmGeometry> oneOfEach() {
    List<GemmGeometry> kinds = new ArrayList<>();
    for (boolean transposed : BOTH) {
      kinds.add(GemmGeometry.of(false, transposed, 1, 37, 65));
      kinds.add(GemmGeometry.of(false, transposed, 5, 70, 33));
      kinds.add(GemmGeometry.of(false, transposed, 64, 10, 190));
      kinds.add(GemmGeometry.of(false, transposed, 67, 50, 397));
      kinds.add(GemmGeometry.of(false, transposed, 35, 211, 180));
      kinds.add(GemmGeometry.of(false, transposed, 521, 129, 9));
    }
    return kinds;
  }

  @EachBackend
  void everyTail_ofEveryKindOfProduct(Backend backend) {
    int next = 0;
    for (GemmGeometry g : oneOfEach()) {
      for (KernelCase.Tail tail : KernelCase.TAILS) {
        // There is an odd number of tails: each is met with weights of both kinds.
        KernelCase.of(backend, g, tail, next++ % 2 == 1).run().isSum();
      }
    }
  }

  @EachBackend
  void randomSizes(Backend backend) {
    for (int trial = 0; trial < 60; trial++) {
      long key = Rng.key(trial, "prepared product");
      boolean transposed = Rng.below(key, 3, 2) == 1;
      int m = Sizes.draw(key, 0);
      int n = Sizes.draw(key, 1);
      int k = Sizes.draw(key, 2);
      if ((long) m * n * k < 1_000_000) {
        KernelCase.Tail tail = KernelCase.TAILS.get(trial % KernelCase.TAILS.size());
        GemmGeometry g = GemmGeometry.of(false, transposed, m, n, k);
        KernelCase.of(backend, g, tail, trial % 2 == 1).run().isSum();
      }
    }
  }

  @EachBackend
  void run_beforePack_isRefused(Backend backend) {
    for (GemmGeometry g : oneOfEach()) {
      for (boolean changing : BOTH) {
        Kernel kernel = backend.prepare(g, Epilogue.NONE, changing);
        assertThatThrownBy(() -> run(backend, kernel, g, 1, null))
            .as("%s", g)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("pack");
      }
    }
  }

  /** What one packs, those for other numbers of rows read, where they say that they can. */
  @EachBackend
  void packedWeights_areSharedByKernelsOfOneLayout(Backend backend) {
    for (GemmGeometry g : oneOfEach()) {
      for (int rows : new int[] {1, 3, 40, 129}) {
        GemmGeometry more = GemmGeometry.of(false, g.transposeB(), rows, g.n(), g.k());
        Kernel first = backend.prepare(g, Epilogue.NONE, false);
        Kernel other = backend.prepare(more, Epilogue.NONE, false);
        if (first.layout().equals(other.layout())) {
          Kernel alone = backend.prepare(more, Epilogue.NONE, false);
          first.pack(upload(backend, g.k() * g.n(), 2));
          alone.pack(upload(backend, g.k() * g.n(), 2));
          other.share(first);
          float[] expected = run(backend, alone, more, 1, null);
          assertThat(run(backend, other, more, 1, null)).as("%s", more).isEqualTo(expected);
          first.pack(upload(backend, g.k() * g.n(), 3));
          alone.pack(upload(backend, g.k() * g.n(), 3));
          other.share(first);
          assertThat(run(backend, other, more, 1, null))
              .as("packed again, %s", more)
              .isEqualTo(run(backend, alone, more, 1, null))
              .isNotEqualTo(expected);
        }
      }
      assertThat(backend.prepare(g, Epilogue.NONE, false).layout())
          .as("the same once more, %s", g)
          .isEqualTo(backend.prepare(g, Epilogue.NONE, false).layout());
      assertThat(backend.prepare(g, Epilogue.NONE, true).layout())
          .as("changing, %s", g)
          .isNotEqualTo(backend.prepare(g, Epilogue.NONE, true).layout());
      assertThat(backend.prepare(g, Epilogue.NONE, true).bytes()).as("changing, %s", g).isZero();
    }
  }

  @EachBackend
  void aTransposedWeight_isNotSharedWithOneThatIsNot(Backend backend) {
    Kernel plain = backend.prepare(GemmGeometry.of(false, false, 64, 96, 96), Epilogue.NONE, false);
    Kernel turned = backend.prepare(GemmGeometry.of(false, true, 64, 96, 96), Epilogue.NONE, false);
    if (plain.bytes() > 0) {
      assertThat(plain.layout()).isNotEqualTo(turned.layout());
    }
  }

  @EachBackend
  void oneKernel_runsOnTwoThreadsAtOnce(Backend backend) {
    for (GemmGeometry g : oneOfEach()) {
      Kernel kernel = backend.prepare(g, new Epilogue(true, false, UnaryOp.RELU, 0, 0), false);
      kernel.pack(upload(backend, g.k() * g.n(), 1));
      Buffer bias = upload(backend, g.n(), 2);
      float[] expected = run(backend, kernel, g, 3, bias);
      assertThat(IntStream.range(0, 4).parallel().mapToObj(i -> run(backend, kernel, g, 3, bias)))
          .as("%s", g)
          .allSatisfy(found -> assertThat(found).isEqualTo(expected));
    }
  }

  private static float[] run(
      Backend backend, Kernel kernel, GemmGeometry g, long key, @Nullable Buffer bias) {
    Buffer x = upload(backend, g.m() * g.k(), key);
    Buffer y = backend.allocate(g.m() * g.n());
    backend.fill(g.m() * g.n(), Double.NaN, y);
    kernel.run(x, bias, null, y);
    float[] values = new float[g.m() * g.n()];
    backend.download(y, values.length, values, 0);
    return values;
  }

  private static Buffer upload(Backend backend, int n, long key) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 2 * Rng.uniform(key, i) - 1;
    }
    Buffer buffer = backend.allocate(n);
    backend.upload(values, 0, n, buffer);
    return buffer;
  }
}
