package dev.graft.bench;

import dev.graft.bench.networks.Network;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import java.util.Map;
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

/** A session on pictures: one at a time, and many. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class InferenceBenchmark {

  @Param({"squeezenet1.1", "resnet18", "mobilenetv2"})
  private String network;

  @Param({"1", "32"})
  private int batch;

  @Param({"224"})
  private int picture;

  @Param({"auto"})
  private String backend;

  @Param({"2"})
  private int threads;

  private Backend kernels;
  private Session session;
  private Map<String, Tensor> inputs;

  @Setup
  public void prepare() {
    kernels = Backends.byName(backend, threads);
    session = Session.of(Network.named(network).orElseThrow().build(1000, picture), kernels);
    inputs = Map.of(Network.INPUT, Network.pictures(batch, picture));
  }

  @Benchmark
  public Map<String, Tensor> predict() {
    return session.run(inputs);
  }

  @TearDown
  public void close() {
    session.close();
    kernels.close();
  }
}
