package dev.graft.tests.backend;

import static dev.graft.tests.backend.Geometries.inputs;
import static dev.graft.tests.backend.Geometries.outputs;
import static dev.graft.tests.backend.Geometries.square;
import static dev.graft.tests.backend.Geometries.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Prepared convolutions, to the tolerance of a plain sum. Those that a backend may compute by a
 * fast algorithm are the matter of {@link FastConvolutionContractTest}.
 */
class KernelContractTest {

  private static final boolean[] BOTH = {false, true};

  /** Around the heights of register tiles: 4, 6, 12, and their sums. */
  private static final int[] OUT_CHANNELS = {
    1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 16, 18, 23, 24, 25, 37
  };

  /** Planes of 49 and 196 pixels, which are no multiple of a vector, and around. */
  private static final int[] SIZES = {1, 5, 7, 8, 12, 13, 14, 17, 28};

  static List<ConvGeometry> chosen() {
    List<ConvGeometry> cases = new ArrayList<>();
    for (int out : OUT_CHANNELS) {
      cases.add(square(2, 9, 7, out, 1, 1, 1, 0));
      cases.add(square(3, 5, 14, out, 1, 3, 1, 1));
    }
    for (int size : SIZES) {
      cases.add(square(5, 6, size, 13, 1, 1, 1, 0));
      cases.add(square(1, 4, size, 7, 1, 3, 2, 1));
      cases.add(square(2, 3, size, 6, 3, 3, 1, 1));
    }
    // More than 176 products: several blocks, each added to what stands in the output.
    cases.add(square(3, 177, 7, 13, 1, 1, 1, 0));
    cases.add(square(2, 380, 7, 25, 1, 1, 1, 0));
    cases.add(square(1, 200, 13, 6, 1, 1, 2, 0));
    cases.add(square(2, 21, 13, 11, 1, 3, 1, 1));
    cases.add(square(2, 21, 14, 24, 1, 3, 2, 1));
    cases.add(square(1, 8, 14, 17, 1, 5, 1, 2));
    cases.add(square(2, 40, 9, 14, 2, 3, 1, 0));
    // A stem; the taps of the whole plane; a classifier.
    cases.add(square(2, 3, 33, 16, 1, 7, 2, 3));
    cases.add(square(4, 5, 7, 9, 1, 7, 1, 0));
    cases.add(square(5, 70, 1, 33, 1, 1, 1, 0));
    // Depthwise, one and more outputs a channel.
    cases.add(square(2, 13, 14, 13, 13, 3, 1, 1));
    cases.add(square(5, 7, 7, 21, 7, 3, 1, 1));
    cases.add(square(1, 6, 13, 12, 6, 5, 2, 2));
    cases.add(square(3, 5, 9, 5, 5, 3, 2, 0));
    return cases;
  }

  static List<ConvGeometry> random() {
    List<ConvGeometry> cases = new ArrayList<>();
    for (int trial = 0; trial < 80; trial++) {
      long key = Rng.key(trial, "prepared convolution");
      int[] kernels = {1, 3, 3, 5};
      int kernel = kernels[Rng.below(key, 0, kernels.length)];
      int stride = 1 + Rng.below(key, 1, 2);
      int dilation = Rng.below(key, 2, 4) == 0 ? 2 : 1;
      int reach = dilation * (kernel - 1) + 1;
      boolean valid = Rng.below(key, 3, 3) == 0;
      int out = OUT_CHANNELS[Rng.below(key, 4, OUT_CHANNELS.length)];
      int perGroup = 1 + Rng.below(key, 5, 12);
      int groups = 1;
      switch (Rng.below(key, 6, 5)) {
        case 0 -> groups = 2 + Rng.below(key, 7, 3);
        case 1 -> {
          groups = 2 + Rng.below(key, 7, 12);
          perGroup = 1;
          out = 1 + Rng.below(key, 8, 3);
        }
        // Several blocks; few enough outputs that no fast algorithm is allowed.
        case 2 -> {
          perGroup = 1 + (176 + Rng.below(key, 7, 200)) / (kernel * kernel);
          out = Math.min(out, 13);
        }
        default -> {}
      }
      int[] pads = new int[4];
      for (int side = 0; side < 4; side++) {
        pads[side] = valid ? 0 : Rng.below(key, 9 + side, kernel / 2 + 2);
      }
      int height = Math.max(reach, SIZES[Rng.below(key, 13, SIZES.length)]);
      int width = Math.max(reach, SIZES[Rng.below(key, 14, SIZES.length)]);
      cases.add(
          new ConvGeometry(
              1 + Rng.below(key, 15, 5),
              groups * perGroup,
              height,
              width,
              groups * out,
              groups,
              kernel,
              kernel,
              stride,
              stride,
              dilation,
              dilation,
              pads[0],
              pads[1],
              pads[2],
              pads[3]));
    }
    return cases;
  }

  @EachBackend
  void kernels_ofChosenGeometries(Backend backend) {
    int next = 0;
    for (ConvGeometry g : chosen()) {
      // Four tails each; 15 of them, so that neighbours meet different ones.
      for (int i = 0; i < 4; i++) {
        check(backend, g, next++);
      }
    }
  }

  @EachBackend
  void kernels_ofRandomGeometries(Backend backend) {
    int next = 0;
    for (ConvGeometry g : random()) {
      check(backend, g, next++);
      check(backend, g, next++);
    }
  }

  private static void check(Backend backend, ConvGeometry g, int tail) {
    KernelCase.Tail what = KernelCase.TAILS.get(tail % KernelCase.TAILS.size());
    // There is an odd number of tails: each is met with weights of both kinds.
    KernelCase.of(backend, g, what, tail % 2 == 1).run().isSum();
  }

  @EachBackend
  void everyTail_ofEveryKindOfConvolution(Backend backend) {
    List<ConvGeometry> kinds =
        List.of(
            square(2, 190, 7, 13, 1, 1, 1, 0),
            square(2, 21, 10, 7, 1, 3, 1, 1),
            square(2, 21, 10, 7, 1, 3, 2, 0),
            square(2, 12, 9, 15, 3, 3, 1, 1),
            square(2, 9, 9, 9, 9, 3, 1, 1),
            square(2, 9, 9, 18, 9, 3, 2, 1));
    for (ConvGeometry g : kinds) {
      for (KernelCase.Tail tail : KernelCase.TAILS) {
        KernelCase.of(backend, g, tail, false).run().isSum();
        KernelCase.of(backend, g, tail, true).run().isSum();
      }
    }
  }

  // ---- weights ---------------------------------------------------------------------------------

  /** A product, a strided one, groups, both kinds of depthwise, and a fast convolution. */
  private static List<ConvGeometry> oneOfEach() {
    return List.of(
        square(2, 190, 7, 13, 1, 1, 1, 0),
        square(2, 9, 10, 7, 1, 3, 2, 1),
        square(2, 12, 9, 15, 3, 3, 1, 1),
        square(2, 9, 9, 9, 9, 3, 1, 1),
        square(2, 9, 9, 18, 9, 3, 2, 1),
        square(2, 48, 14, 48, 1, 3, 1, 1));
  }

  @EachBackend
  void run_beforePack_isRefused(Backend backend) {
    for (ConvGeometry g : oneOfEach()) {
      Buffer x = backend.allocate(inputs(g));
      Buffer y = backend.allocate(outputs(g));
      for (boolean changing : BOTH) {
        Kernel kernel = backend.prepare(g, Epilogue.NONE, changing);
        assertThatThrownBy(() -> kernel.run(x, null, null, y))
            .as("%s", g)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("pack");
      }
    }
  }

  @EachBackend
  void packedWeights_areACopy_andPackingAgainReplacesThem(Backend backend) {
    for (ConvGeometry g : oneOfEach()) {
      Buffer x = upload(backend, inputs(g), 1);
      Buffer w = upload(backend, weights(g), 2);
      Buffer other = upload(backend, weights(g), 3);
      Kernel kernel = backend.prepare(g, Epilogue.NONE, false);
      assertThat(kernel.bytes()).isPositive();
      kernel.pack(w);
      float[] before = run(backend, kernel, g, x, null);
      backend.fill(weights(g), Double.NaN, w);
      assertThat(run(backend, kernel, g, x, null)).as("w has gone, %s", g).isEqualTo(before);
      kernel.pack(other);
      Kernel fresh = backend.prepare(g, Epilogue.NONE, false);
      fresh.pack(other);
      assertThat(run(backend, kernel, g, x, null))
          .as("packed again, %s", g)
          .isEqualTo(run(backend, fresh, g, x, null))
          .isNotEqualTo(before);
    }
  }

  @EachBackend
  void packedWeights_areSharedByKernelsOfOneLayout(Backend backend) {
    int shared = 0;
    for (ConvGeometry g : oneOfEach()) {
      Kernel first = backend.prepare(g, Epilogue.NONE, false);
      assertThat(first.layout()).as("%s", g).isEqualTo(copy(g, backend).layout());
      for (int batch : new int[] {1, 3, 8}) {
        ConvGeometry more = g.withBatch(batch);
        Buffer x = upload(backend, inputs(more), 1);
        first.pack(upload(backend, weights(g), 2));
        Kernel other = backend.prepare(more, Epilogue.NONE, false);
        if (other.layout().equals(first.layout())) {
          other.share(first);
          Kernel alone = backend.prepare(more, Epilogue.NONE, false);
          alone.pack(upload(backend, weights(g), 2));
          assertThat(run(backend, other, more, x, null))
              .as("%s", more)
              .isEqualTo(run(backend, alone, more, x, null));
          first.pack(upload(backend, weights(g), 3));
          assertThat(run(backend, other, more, x, null))
              .as("packed again, %s", more)
              .isNotEqualTo(run(backend, alone, more, x, null));
          shared++;
        }
      }
      Kernel changing = backend.prepare(g, Epilogue.NONE, true);
      assertThat(changing.layout()).isNotEqualTo(backend.prepare(g, Epilogue.NONE, true).layout());
    }
    assertThat(shared).isGreaterThan(oneOfEach().size());
  }

  private static Kernel copy(ConvGeometry g, Backend backend) {
    return backend.prepare(g.withBatch(g.batch()), Epilogue.NONE, false);
  }

  @EachBackend
  void changingWeights_arePackedAgain_andTakeNoMoreRoomThanTheyDo(Backend backend) {
    for (ConvGeometry g : oneOfEach()) {
      Buffer x = upload(backend, inputs(g), 1);
      Buffer w = upload(backend, weights(g), 2);
      Buffer other = upload(backend, weights(g), 3);
      Kernel kernel = backend.prepare(g, Epilogue.NONE, true);
      assertThat(kernel.bytes()).isBetween(0L, (long) backend.elementBytes() * weights(g));
      kernel.pack(w);
      float[] before = run(backend, kernel, g, x, null);
      kernel.pack(other);
      float[] between = run(backend, kernel, g, x, null);
      kernel.pack(w);
      assertThat(run(backend, kernel, g, x, null)).as("%s", g).isEqualTo(before);
      assertThat(between).as("%s", g).isNotEqualTo(before);
    }
  }

  @EachBackend
  void oneKernel_runsOnTwoThreadsAtOnce(Backend backend)
      throws InterruptedException, ExecutionException {
    ExecutorService callers = Executors.newFixedThreadPool(2);
    try {
      for (ConvGeometry g : oneOfEach()) {
        Kernel kernel = backend.prepare(g, new Epilogue(true, false, UnaryOp.RELU, 0, 0), false);
        kernel.pack(upload(backend, weights(g), 1));
        Buffer bias = upload(backend, g.outChannels(), 2);
        List<Callable<Boolean>> runs = new ArrayList<>();
        for (int caller = 0; caller < 2; caller++) {
          Buffer x = upload(backend, inputs(g), 3 + caller);
          float[] expected = run(backend, kernel, g, x, bias);
          runs.add(() -> repeats(backend, kernel, g, x, bias, expected));
        }
        for (Future<Boolean> same : callers.invokeAll(runs)) {
          assertThat(same.get()).as("the bits of a run alone, %s", g).isTrue();
        }
      }
    } finally {
      callers.shutdownNow();
    }
  }

  private static boolean repeats(
      Backend backend, Kernel kernel, ConvGeometry g, Buffer x, Buffer bias, float[] expected) {
    for (int repetition = 0; repetition < 8; repetition++) {
      if (!Arrays.equals(run(backend, kernel, g, x, bias), expected)) {
        return false;
      }
    }
    return true;
  }

  private static float[] run(
      Backend backend, Kernel kernel, ConvGeometry g, Buffer x, @Nullable Buffer bias) {
    Buffer y = backend.allocate(outputs(g));
    backend.fill(outputs(g), Double.NaN, y);
    kernel.run(x, bias, null, y);
    float[] values = new float[outputs(g)];
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
