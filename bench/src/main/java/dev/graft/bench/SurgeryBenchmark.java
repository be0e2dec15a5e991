package dev.graft.bench;

import dev.graft.bench.networks.Network;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.surgery.Surgery;
import java.util.List;
import java.util.Set;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Surgery makes new models that share the weights they keep: micro-, not milliseconds. Drawing all
 * weights anew is what sharing is measured against.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SurgeryBenchmark {

  @Param({"squeezenet1.1", "resnet18", "mobilenetv2"})
  private String network;

  private static final List<String> LABELS = List.of("ant", "bee");

  private Model model;

  @Setup
  public void build() {
    model = Network.named(network).orElseThrow().build(1000);
  }

  @Benchmark
  public Model replaceHead() {
    return Surgery.replaceHead(model, LABELS, 1);
  }

  @Benchmark
  public Model cutTrunk() {
    return Surgery.cut(model, model.head().trunk());
  }

  @Benchmark
  public Set<String> freezeAllButHead() {
    return FreezeMask.allBut(model.head()).trainable(model.graph());
  }

  @Benchmark
  public Model reinitialize() {
    return Surgery.reinitialize(model, 1);
  }
}
