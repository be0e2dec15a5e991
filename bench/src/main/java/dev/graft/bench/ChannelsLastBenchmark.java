package dev.graft.bench;

import dev.graft.bench.networks.ChannelsLast;
import dev.graft.bench.networks.Network;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Model;
import dev.graft.core.rewrite.CancelTransposes;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
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

/**
 * The same network with channels first and, as Keras has it, with channels last: after the rewrite
 * one Transpose of the picture is between them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChannelsLastBenchmark {

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
  private Session first;
  private Session last;
  private Tensor pictures;
  private Tensor picturesLast;

  @Setup
  public void prepare() {
    kernels = Backends.byName(backend, threads);
    Model model = Network.named(network).orElseThrow().build(1000, picture);
    first = Session.of(model, kernels);
    last = Session.of(new CancelTransposes().apply(ChannelsLast.of(model)).model(), kernels);
    pictures = Network.pictures(batch, picture);
    picturesLast = Tensor.of(Shape.of(batch, picture, picture, 3), pictures.toArray());
  }

  @Benchmark
  public Map<String, Tensor> channelsFirst() {
    return first.run(Map.of(Network.INPUT, pictures));
  }

  @Benchmark
  public Map<String, Tensor> channelsLast() {
    return last.run(Map.of(Network.INPUT, picturesLast));
  }

  @TearDown
  public void close() {
    first.close();
    last.close();
    kernels.close();
  }
}
