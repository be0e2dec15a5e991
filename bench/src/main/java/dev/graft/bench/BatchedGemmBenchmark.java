package dev.graft.bench;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
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

/** Many small matrix products, as attention has them: in one call, and one call after the other. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BatchedGemmBenchmark {

  /** batch, m, n, k; the first is what the others are compared with. */
  @Param({"1x1024x1024x1024", "96x128x128x64", "192x32x32x64"})
  private String size;

  @Param({"simd"})
  private String backend;

  @Param({"2"})
  private int threads;

  private Backend kernels;
  private GemmGeometry all;
  private GemmGeometry one;
  private Buffer a;
  private Buffer b;
  private Buffer c;

  @Setup
  public void prepare() {
    int[] s = Sizes.of(size);
    int left = s[1] * s[3];
    int right = s[3] * s[2];
    int result = s[1] * s[2];
    kernels = Backends.byName(backend, threads);
    all = new GemmGeometry(s[0], false, false, s[1], s[2], s[3], left, right, result);
    one = GemmGeometry.of(false, false, s[1], s[2], s[3]);
    a = upload(s[0] * left, 1);
    b = upload(s[0] * right, 2);
    c = kernels.allocate(s[0] * result);
  }

  private Buffer upload(int n, long key) {
    HostBuffer values = GemmBenchmark.random(n, key);
    Buffer buffer = kernels.allocate(n);
    kernels.upload(values.array(), 0, n, buffer);
    return buffer;
  }

  @Benchmark
  public Buffer together() {
    kernels.gemm(all, 1, a, b, 0, c);
    Completion.await(kernels);
    return c;
  }

  @Benchmark
  public Buffer oneByOne() {
    for (int i = 0; i < all.batch(); i++) {
      kernels.gemm(
          one,
          1,
          a.slice(i * all.strideA(), all.strideA()),
          b.slice(i * all.strideB(), all.strideB()),
          0,
          c.slice(i * all.strideC(), all.strideC()));
    }
    Completion.await(kernels);
    return c;
  }

  @TearDown
  public void close() {
    kernels.close();
  }
}
