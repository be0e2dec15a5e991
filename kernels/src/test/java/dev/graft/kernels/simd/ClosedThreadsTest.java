package dev.graft.kernels.simd;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A backend whose threads are gone says so, whichever kernel is called and however small. */
class ClosedThreadsTest {

  private static final Buffer A = HostBuffer.of(new float[1 << 16]);
  private static final Buffer B = HostBuffer.of(new float[1 << 16]);
  private static final Buffer Y = HostBuffer.of(new float[1 << 16]);

  private static ConvGeometry convolution(int channels, int groups, int kernel, int stride) {
    int pad = kernel / 2;
    return new ConvGeometry(
        1, channels, 14, 14, channels, groups, kernel, kernel, stride, stride, 1, 1, pad, pad, pad,
        pad);
  }

  /** Every kind of kernel; what is prepared here is packed while the threads are there. */
  private static List<ThrowingCallable> calls(Backend on) {
    List<ThrowingCallable> calls = new ArrayList<>();
    int[] shape = {3, 5};
    int[] dense = {5, 1};
    calls.add(() -> on.fill(9, 1, Y));
    calls.add(() -> on.copy(shape, A, 0, new int[] {1, 3}, 0, dense, Y));
    calls.add(() -> on.unary(UnaryOp.RELU, 0, 0, 9, A, Y));
    calls.add(() -> on.unaryGradient(UnaryOp.TANH, 0, 0, 9, A, B, Y));
    calls.add(() -> on.binary(BinaryOp.ADD, shape, A, dense, B, dense, Y));
    calls.add(() -> on.axpy(9, 2, A, Y));
    calls.add(() -> on.dropout(9, 0.5, 1, A, Y));
    calls.add(() -> on.reduce(ReduceOp.SUM, shape, new boolean[] {true, false}, A, Y));
    calls.add(() -> on.sgd(9, 0.1, 0.9, false, 0, A, B, Y));
    calls.add(() -> on.adamW(9, 0.1, 0.9, 0.99, 1e-8, 0, 1, A, B, B.slice(9, 9), Y));
    int[][] products = {{1, 9, 9}, {9, 1, 9}, {9, 40, 9}, {40, 9, 9}, {40, 200, 9}, {3, 3, 0}};
    for (int[] p : products) {
      for (int kind = 0; kind < 4; kind++) {
        GemmGeometry g = GemmGeometry.of(kind % 2 == 1, kind / 2 == 1, p[0], p[1], p[2]);
        calls.add(() -> on.gemm(g, 1, A, B, 0, Y));
      }
    }
    for (ConvGeometry g :
        List.of(
            convolution(5, 1, 1, 1),
            convolution(5, 1, 3, 2),
            convolution(6, 6, 3, 1),
            convolution(6, 6, 3, 2),
            convolution(64, 1, 3, 1))) {
      calls.add(() -> on.convolution(g, A, B, null, Y));
      calls.add(() -> on.convolutionGradientInput(g, A, B, Y));
      calls.add(() -> on.convolutionGradientWeight(g, A, B, Y));
      for (boolean changing : new boolean[] {false, true}) {
        Kernel kernel = on.prepare(g, Epilogue.NONE, changing);
        kernel.pack(B);
        calls.add(() -> kernel.run(A, null, null, Y));
      }
    }
    PoolGeometry pool = new PoolGeometry(2, 9, 9, 5, 5, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, false);
    calls.add(() -> on.maxPool(pool, A, B, Y));
    calls.add(() -> on.maxPoolGradient(pool, A, B, Y));
    calls.add(() -> on.averagePool(pool, A, Y));
    calls.add(() -> on.averagePoolGradient(pool, A, Y));
    calls.add(() -> on.channelAffine(2, 3, 4, A, B, B, Y));
    calls.add(() -> on.channelCombine(2, 3, 4, A, B, A, B, B, Y));
    calls.add(() -> on.channelMoments(2, 3, 4, A, Y, Y.slice(9, 9)));
    calls.add(() -> on.channelGradientSums(2, 3, 4, A, B, A, Y, Y.slice(9, 9)));
    calls.add(() -> on.softmax(2, 3, 4, A, Y));
    calls.add(() -> on.softmaxGradient(2, 3, 1, A, B, Y));
    calls.add(() -> on.logSoftmax(2, 3, 1, A, Y));
    calls.add(() -> on.logSoftmaxGradient(2, 3, 4, A, B, Y));
    return calls;
  }

  private static void allRefuse(List<ThrowingCallable> calls, String remedy) {
    for (int i = 0; i < calls.size(); i++) {
      assertThatThrownBy(calls.get(i))
          .as("call %d", i)
          .isInstanceOf(BackendException.class)
          .hasMessageContaining(remedy);
    }
  }

  @Test
  void closedBackend_refusesEveryKernel() {
    for (int threads = 1; threads <= 2; threads++) {
      SimdBackend backend = new SimdBackend(threads);
      List<ThrowingCallable> calls = calls(backend);
      backend.close();
      allRefuse(calls, "open a new one");
    }
  }

  @Test
  void threadPoolThatWasShutDown_isNamed() {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    try (SimdBackend backend = new SimdBackend(new Workers(pool, 2))) {
      List<ThrowingCallable> calls = calls(backend);
      pool.shutdown();
      allRefuse(calls, "thread pool that this backend was given was shut down");
    }
  }
}
