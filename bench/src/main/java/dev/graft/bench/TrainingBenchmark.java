package dev.graft.bench;

import dev.graft.bench.networks.Network;
import dev.graft.bench.networks.TrainingRun;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.freeze.FreezeMask;
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
 * A training step at every depth of freezing: what is frozen should cost no backward step. Warmed
 * up for as long as C2 takes: until it has compiled a kernel of the Vector API, every vector in it
 * is an object, and a step allocates megabytes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 5)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class TrainingBenchmark {

  @Param({"squeezenet1.1", "resnet18", "mobilenetv2"})
  private String network;

  /** Everything, the later half of the layers with parameters, or the head alone. */
  @Param({"all", "half", "head"})
  private String trained;

  @Param({"16"})
  private int batch;

  @Param({"224"})
  private int picture;

  @Param({"auto"})
  private String backend;

  @Param({"2"})
  private int threads;

  private Backend kernels;
  private TrainingRun training;

  @Setup
  public void prepare() {
    kernels = Backends.byName(backend, threads);
    Model model = Network.named(network).orElseThrow().build(10, picture);
    FreezeMask frozen =
        switch (trained) {
          case "all" -> FreezeMask.NONE;
          case "half" -> FreezeMask.firstLayers(model.graph().parametricNodes().size() / 2);
          default -> FreezeMask.allBut(model.head());
        };
    training = new TrainingRun(model, frozen, batch, kernels, TrainingRun.momentum());
  }

  @Benchmark
  public float step() {
    float loss = training.step();
    // The loss is back before the update is.
    Completion.await(kernels);
    return loss;
  }

  @TearDown
  public void close() {
    kernels.close();
  }
}
