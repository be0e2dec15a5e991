package dev.graft.bench;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Rng;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Softmax and its gradient, by the backend and by the default bodies over its primitives. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SoftmaxBenchmark {

  /** Rows, elements of a row, elements behind each: logits of a batch, attention, a map. */
  @Param({"32x1000x1", "384x197x1", "1x1000x169"})
  private String size;

  @Param({"own", "composed"})
  private String body;

  @Param({"auto"})
  private String backend;

  @Param({"2"})
  private int threads;

  private Backend kernels;
  private int outer;
  private int n;
  private int inner;
  private Buffer x;
  private Buffer y;
  private Buffer dy;
  private Buffer dx;

  @Setup
  public void prepare() {
    Backend own = Backends.byName(backend, threads);
    kernels = body.equals("own") ? own : new PrimitivesOnly(own);
    int[] s = Sizes.of(size);
    outer = s[0];
    n = s[1];
    inner = s[2];
    x = random(1);
    dy = random(2);
    y = kernels.allocate(outer * n * inner);
    dx = kernels.allocate(outer * n * inner);
    kernels.softmax(outer, n, inner, x, y);
  }

  private Buffer random(long key) {
    float[] values = new float[outer * n * inner];
    for (int i = 0; i < values.length; i++) {
      values[i] = (Rng.uniform(key, i) - 0.5f) * 8;
    }
    Buffer buffer = kernels.allocate(values.length);
    kernels.upload(values, 0, values.length, buffer);
    return buffer;
  }

  @Benchmark
  public Buffer softmax() {
    kernels.softmax(outer, n, inner, x, y);
    return y;
  }

  @Benchmark
  public Buffer softmaxGradient() {
    kernels.softmaxGradient(outer, n, inner, y, dy, dx);
    return dx;
  }

  @TearDown
  public void close() {
    kernels.close();
  }
}
