package dev.graft.bench;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.plain.JavaBackend;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Kernels bound by memory or by a function's evaluation, on one thread and 65536 elements (L2),
 * each with the loop one would write without thinking of the compiler.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ElementwiseBenchmark {

  private static final int N = 1 << 16;
  private static final int CHANNELS = 64;
  private static final int PLANE = N / CHANNELS;

  private final JavaBackend backend = new JavaBackend(1);

  /** Default bodies over the same primitives. */
  private final PrimitivesOnly composed = new PrimitivesOnly(backend);

  private final HostBuffer x = GemmBenchmark.random(N, 1);
  private final HostBuffer z = GemmBenchmark.random(N, 2);
  private final HostBuffer y = GemmBenchmark.random(N, 3);
  private final HostBuffer scale = GemmBenchmark.random(CHANNELS, 4);
  private final HostBuffer shift = GemmBenchmark.random(CHANNELS, 5);
  private final PoolGeometry pool =
      new PoolGeometry(CHANNELS, 32, 32, 16, 16, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, false);

  @Benchmark
  public HostBuffer relu() {
    backend.unary(UnaryOp.RELU, 0, 0, N, x, y);
    return y;
  }

  @Benchmark
  public HostBuffer reluPlain() {
    float[] from = x.array();
    float[] to = y.array();
    for (int i = 0; i < N; i++) {
      to[i] = from[i] > 0 ? from[i] : 0f;
    }
    return y;
  }

  @Benchmark
  public HostBuffer reluGradient() {
    backend.unaryGradient(UnaryOp.RELU, 0, 0, N, x, z, y);
    return y;
  }

  @Benchmark
  public HostBuffer reluGradientPlain() {
    for (int i = 0; i < N; i++) {
      y.array()[i] = x.array()[i] > 0 ? z.array()[i] : 0f;
    }
    return y;
  }

  @Benchmark
  public HostBuffer exp() {
    backend.unary(UnaryOp.EXP, 0, 0, N, x, y);
    return y;
  }

  @Benchmark
  public HostBuffer expPlain() {
    for (int i = 0; i < N; i++) {
      y.array()[i] = (float) Math.exp(x.array()[i]);
    }
    return y;
  }

  @Benchmark
  public HostBuffer tanh() {
    backend.unary(UnaryOp.TANH, 0, 0, N, x, y);
    return y;
  }

  @Benchmark
  public HostBuffer tanhPlain() {
    for (int i = 0; i < N; i++) {
      y.array()[i] = (float) Math.tanh(x.array()[i]);
    }
    return y;
  }

  @Benchmark
  public HostBuffer softmax() {
    backend.softmax(64, 1024, 1, x, y);
    return y;
  }

  @Benchmark
  public HostBuffer softmaxComposed() {
    composed.softmax(64, 1024, 1, x, y);
    return y;
  }

  @Benchmark
  public HostBuffer channelAffine() {
    backend.channelAffine(1, CHANNELS, PLANE, x, scale, shift, y);
    return y;
  }

  @Benchmark
  public HostBuffer channelAffineComposed() {
    composed.channelAffine(1, CHANNELS, PLANE, x, scale, shift, y);
    return y;
  }

  @Benchmark
  public HostBuffer channelMoments() {
    backend.channelMoments(1, CHANNELS, PLANE, x, scale, shift);
    return shift;
  }

  @Benchmark
  public HostBuffer channelMomentsComposed() {
    composed.channelMoments(1, CHANNELS, PLANE, x, scale, shift);
    return shift;
  }

  @Benchmark
  public HostBuffer maxPool() {
    backend.maxPool(pool, x, null, y);
    return y;
  }

  /** No padding check beyond the border, no NaN: less than the kernel does. */
  @Benchmark
  public HostBuffer maxPoolPlain() {
    for (int plane = 0; plane < CHANNELS; plane++) {
      for (int oh = 0; oh < 16; oh++) {
        for (int ow = 0; ow < 16; ow++) {
          float best = Float.NEGATIVE_INFINITY;
          for (int h = Math.max(0, 2 * oh - 1); h < Math.min(32, 2 * oh + 2); h++) {
            for (int w = Math.max(0, 2 * ow - 1); w < Math.min(32, 2 * ow + 2); w++) {
              float value = x.array()[(plane * 32 + h) * 32 + w];
              if (value > best) {
                best = value;
              }
            }
          }
          y.array()[(plane * 16 + oh) * 16 + ow] = best;
        }
      }
    }
    return y;
  }

  @TearDown
  public void close() {
    backend.close();
  }
}
