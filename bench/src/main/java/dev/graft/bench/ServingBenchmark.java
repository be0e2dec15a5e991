package dev.graft.bench;

import dev.graft.bench.networks.Network;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Model;
import dev.graft.core.session.SessionPool;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Predictions a second of one model, single pictures: for one caller, and for eight at once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ServingBenchmark {

  private static final int CALLERS = 8;

  @Param({"squeezenet1.1"})
  private String network;

  @Param({"auto"})
  private String backend;

  @Param({"2"})
  private int threads;

  private Backend kernels;
  private SessionPool pool;
  private Map<String, Tensor> inputs;

  @Setup
  public void prepare() {
    kernels = Backends.byName(backend, threads);
    Model model = Network.named(network).orElseThrow().build(1000);
    pool = SessionPool.of(model, kernels, CALLERS);
    inputs = Map.of(Network.INPUT, Network.pictures(1, Network.SIZE));
  }

  @Benchmark
  @Threads(1)
  public Map<String, Tensor> oneCaller() {
    return pool.run(inputs);
  }

  @Benchmark
  @Threads(CALLERS)
  public Map<String, Tensor> eightCallers() {
    return pool.run(inputs);
  }

  @TearDown
  public void close() {
    pool.close();
    kernels.close();
  }
}
