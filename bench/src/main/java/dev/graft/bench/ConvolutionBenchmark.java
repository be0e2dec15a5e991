package dev.graft.bench;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.plain.JavaBackend;
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

/**
 * Convolutions of real networks: the plain-Java backend's own against unfolding and a product, and
 * any other backend's ({@code -p backend=simd,opencl}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConvolutionBenchmark {

  /** Own kernels, or the default bodies over the primitives of plain Java. */
  @Param({"java", "composed"})
  private String backend;

  /** batch, input channels, size, output channels, groups, kernel, stride, pad. */
  @Param({
    "16x64x56x64x1x3x1x1",
    "16x128x28x128x1x3x1x1",
    "16x256x14x256x1x3x1x1",
    "16x16x112x96x1x1x1x0",
    "16x960x7x160x1x1x1x0",
    "16x144x56x144x144x3x1x1",
    "32x16x32x16x1x3x1x1",
    "1x3x224x64x1x7x2x3"
  })
  private String layer;

  @Param({"2"})
  private int threads;

  private Backend kernels;
  private ConvGeometry geometry;
  private Buffer x;
  private Buffer w;
  private Buffer y;
  private Buffer dx;
  private Buffer dw;

  @Setup
  public void prepare() {
    kernels =
        backend.equals("composed")
            ? new PrimitivesOnly(new JavaBackend(threads))
            : Backends.byName(backend, threads);
    int[] l = Sizes.of(layer);
    geometry =
        new ConvGeometry(
            l[0], l[1], l[2], l[2], l[3], l[4], l[5], l[5], l[6], l[6], 1, 1, l[7], l[7], l[7],
            l[7]);
    x = random(l[0] * l[1] * l[2] * l[2], 1);
    w = random(l[3] * geometry.patch(), 2);
    y = random(l[0] * l[3] * geometry.outPlane(), 3);
    dx = kernels.allocate(x.length());
    dw = kernels.allocate(w.length());
  }

  private Buffer random(int n, long key) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = Rng.uniform(key, i) - 0.5f;
    }
    Buffer buffer = kernels.allocate(n);
    kernels.upload(values, 0, n, buffer);
    return buffer;
  }

  @Benchmark
  public Buffer forward() {
    kernels.convolution(geometry, x, w, null, y);
    Completion.await(kernels);
    return y;
  }

  @Benchmark
  public Buffer gradientInput() {
    kernels.convolutionGradientInput(geometry, y, w, dx);
    Completion.await(kernels);
    return dx;
  }

  @Benchmark
  public Buffer gradientWeight() {
    kernels.convolutionGradientWeight(geometry, x, y, dw);
    Completion.await(kernels);
    return dw;
  }

  @TearDown
  public void close() {
    kernels.close();
  }
}
