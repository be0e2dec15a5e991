package dev.graft.bench;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.HostBuffer;
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

/** Rows of an embedding looked up, and their gradient: own kernels, and copies and sums of rows. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GatherBenchmark {

  private static final String COMPOSED = "-composed";

  /** Own kernels, or the default bodies over the same backend's primitives. */
  @Param({"java", "java-composed"})
  private String backend;

  /** tokens, words, features of each. */
  @Param({"4096x10000x256", "512x1000x64"})
  private String size;

  @Param({"2"})
  private int threads;

  private Backend device;
  private Backend kernels;
  private int words;
  private int features;
  private int[] ids;
  private Buffer table;
  private Buffer rows;

  @Setup
  public void prepare() {
    int[] s = Sizes.of(size);
    device = Backends.byName(backend.replace(COMPOSED, ""), threads);
    kernels = backend.endsWith(COMPOSED) ? new PrimitivesOnly(device) : device;
    words = s[1];
    features = s[2];
    ids = new int[s[0]];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Rng.below(1, i, words);
    }
    table = upload(words * features, 1);
    rows = upload(ids.length * features, 2);
  }

  private Buffer upload(int n, long key) {
    HostBuffer values = GemmBenchmark.random(n, key);
    Buffer buffer = kernels.allocate(n);
    kernels.upload(values.array(), 0, n, buffer);
    return buffer;
  }

  @Benchmark
  public Buffer gather() {
    kernels.gather(1, words, features, ids, table, rows);
    Completion.await(device);
    return rows;
  }

  @Benchmark
  public Buffer scatterAdd() {
    kernels.scatterAdd(1, words, features, ids, rows, table);
    Completion.await(device);
    return table;
  }

  @TearDown
  public void close() {
    device.close();
  }
}
