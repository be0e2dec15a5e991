package dev.graft.bench;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
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

/** Matrix products: a backend's against the three loops over flat arrays. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GemmBenchmark {

  /** m, n, k: square, convolutions unfolded, and heads. */
  @Param({"256x256x256", "1024x1024x1024", "64x12544x147", "512x49x4608", "16x1000x1280"})
  private String size;

  @Param({"java"})
  private String backend;

  @Param({"1", "2"})
  private int threads;

  private Backend kernels;
  private GemmGeometry geometry;
  private float[] hostA;
  private float[] hostB;
  private float[] hostC;
  private Buffer a;
  private Buffer b;
  private Buffer c;

  @Setup
  public void prepare() {
    int[] s = Sizes.of(size);
    kernels = Backends.byName(backend, threads);
    geometry = GemmGeometry.of(false, false, s[0], s[1], s[2]);
    hostA = random(s[0] * s[2], 1).array();
    hostB = random(s[2] * s[1], 2).array();
    hostC = new float[s[0] * s[1]];
    a = upload(hostA);
    b = upload(hostB);
    c = kernels.allocate(hostC.length);
  }

  static HostBuffer random(int n, long key) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = Rng.uniform(key, i) - 0.5f;
    }
    return HostBuffer.of(values);
  }

  private Buffer upload(float[] values) {
    Buffer buffer = kernels.allocate(values.length);
    kernels.upload(values, 0, values.length, buffer);
    return buffer;
  }

  @Benchmark
  public Buffer product() {
    kernels.gemm(geometry, 1, a, b, 0, c);
    Completion.await(kernels);
    return c;
  }

  /** One thread, k in the middle: the order in which a plain program is fastest. */
  @Benchmark
  public float[] plainLoops() {
    int n = geometry.n();
    float[] y = hostC;
    Arrays.fill(y, 0f);
    for (int i = 0; i < geometry.m(); i++) {
      for (int p = 0; p < geometry.k(); p++) {
        float left = hostA[i * geometry.k() + p];
        for (int j = 0; j < n; j++) {
          y[i * n + j] += left * hostB[p * n + j];
        }
      }
    }
    return y;
  }

  @TearDown
  public void close() {
    kernels.close();
  }
}
