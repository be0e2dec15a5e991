package dev.graft.bench;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.UnaryOp;
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

/** Fully connected layers with a ReLU: prepared, and as a product, a sum and a function. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LayerBenchmark {

  /** samples, outputs, inputs. */
  @Param({"32x512x512", "64x1000x1280", "128x1536x384", "256x64x64"})
  private String size;

  /** Whether weights are stored with a row for each output, as PyTorch stores them. */
  @Param({"false", "true"})
  private boolean transposed;

  @Param({"simd"})
  private String backend;

  @Param({"2"})
  private int threads;

  private Backend kernels;
  private GemmGeometry geometry;
  private Kernel prepared;
  private Buffer x;
  private Buffer w;
  private Buffer bias;
  private Buffer y;

  @Setup
  public void prepare() {
    int[] s = Sizes.of(size);
    kernels = Backends.byName(backend, threads);
    geometry = GemmGeometry.of(false, transposed, s[0], s[1], s[2]);
    x = upload(s[0] * s[2], 1);
    w = upload(s[2] * s[1], 2);
    bias = upload(s[1], 3);
    y = kernels.allocate(s[0] * s[1]);
    prepared = kernels.prepare(geometry, new Epilogue(true, false, UnaryOp.RELU, 0, 0), false);
    prepared.pack(w);
  }

  private Buffer upload(int n, long key) {
    HostBuffer values = GemmBenchmark.random(n, key);
    Buffer buffer = kernels.allocate(n);
    kernels.upload(values.array(), 0, n, buffer);
    return buffer;
  }

  @Benchmark
  public Buffer prepared() {
    prepared.run(x, bias, null, y);
    Completion.await(kernels);
    return y;
  }

  @Benchmark
  public Buffer oneByOne() {
    int[] shape = {geometry.m(), geometry.n()};
    int[] dense = {geometry.n(), 1};
    kernels.gemm(geometry, 1, x, w, 0, y);
    kernels.binary(BinaryOp.ADD, shape, y, dense, bias, new int[] {0, 1}, y);
    kernels.unary(UnaryOp.RELU, 0, 0, geometry.m() * geometry.n(), y, y);
    Completion.await(kernels);
    return y;
  }

  @TearDown
  public void close() {
    kernels.close();
  }
}
