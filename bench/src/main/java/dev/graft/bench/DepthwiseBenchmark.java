package dev.graft.bench;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
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

/** Depthwise convolutions of MobileNet and EfficientNet, forward and both gradients. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class DepthwiseBenchmark {

  @Param({"java", "simd"})
  private String backend;

  /** batch, channels, size, kernel, stride. */
  @Param({"1x144x56x3x1", "1x960x7x3x1", "1x96x112x3x2", "1x240x28x5x1", "16x144x56x3x1"})
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
    kernels = Backends.byName(backend, threads);
    int[] n = Sizes.of(layer);
    int pad = n[3] / 2;
    geometry =
        new ConvGeometry(
            n[0], n[1], n[2], n[2], n[1], n[1], n[3], n[3], n[4], n[4], 1, 1, pad, pad, pad, pad);
    int inputs = geometry.batch() * geometry.inChannels() * geometry.inPlane();
    int weights = geometry.outChannels() * geometry.patch();
    x = random(inputs, 1);
    w = random(weights, 2);
    y = random(geometry.batch() * geometry.outChannels() * geometry.outPlane(), 3);
    dx = kernels.allocate(inputs);
    dw = kernels.allocate(weights);
  }

  private Buffer random(int n, long key) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 2 * Rng.uniform(key, i) - 1;
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
