package dev.graft.bench;

import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.JavaBackend;
import dev.graft.core.backend.Rng;
import java.util.Arrays;
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

/** Matrix products: the backend's packed rows against the three loops over flat arrays. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GemmBenchmark {

  /** m, n, k: square, convolutions unfolded, and heads. */
  @Param({"256,256,256", "1024,1024,1024", "64,12544,147", "512,49,4608", "16,1000,1280"})
  private String size;

  @Param({"1", "2"})
  private int threads;

  private JavaBackend backend;
  private GemmGeometry geometry;
  private HostBuffer a;
  private HostBuffer b;
  private HostBuffer c;

  @Setup
  public void prepare() {
    int[] s = Arrays.stream(size.split(",")).mapToInt(Integer::parseInt).toArray();
    backend = new JavaBackend(threads);
    geometry = GemmGeometry.of(false, false, s[0], s[1], s[2]);
    a = random(s[0] * s[2], 1);
    b = random(s[2] * s[1], 2);
    c = random(s[0] * s[1], 3);
  }

  static HostBuffer random(int n, long key) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = Rng.uniform(key, i) - 0.5f;
    }
    return HostBuffer.of(values);
  }

  @Benchmark
  public HostBuffer java() {
    backend.gemm(geometry, 1, a, b, 0, c);
    return c;
  }

  /** One thread, k in the middle: the order in which a plain program is fastest. */
  @Benchmark
  public HostBuffer plainLoops() {
    int n = geometry.n();
    float[] y = c.array();
    Arrays.fill(y, 0f);
    for (int i = 0; i < geometry.m(); i++) {
      for (int p = 0; p < geometry.k(); p++) {
        float left = a.array()[i * geometry.k() + p];
        for (int j = 0; j < n; j++) {
          y[i * n + j] += left * b.array()[p * n + j];
        }
      }
    }
    return c;
  }

  @TearDown
  public void close() {
    backend.close();
  }
}
