package dev.graft.bench;

import dev.graft.bench.networks.Network;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.ParamGroup;
import dev.graft.core.train.Sgd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
 * One step of an optimizer over all parameters of a network, in one group or, as layer-wise decay
 * has it, in one for every tensor.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OptimizerBenchmark {

  @Param({"squeezenet1.1", "resnet18", "mobilenetv2"})
  private String network;

  @Param({"sgd", "adamw"})
  private String optimizer;

  @Param({"one", "many"})
  private String groups;

  @Param({"auto"})
  private String backend;

  @Param({"2"})
  private int threads;

  private Backend kernels;
  private Variables variables;
  private Optimizer rule;
  private final List<ParamGroup> parameters = new ArrayList<>();
  private final Map<String, Tensor> gradients = new HashMap<>();

  @Setup
  public void prepare() {
    kernels = Backends.byName(backend, threads);
    Model model = Network.named(network).orElseThrow().build(10);
    variables = new Variables(kernels, model.graph(), model.weights());
    rule = optimizer.equals("sgd") ? new Sgd(0.9, false) : new AdamW();
    List<String> names = model.graph().stored(Role.PARAMETER);
    if (groups.equals("one")) {
      parameters.add(new ParamGroup(names, 1, 1e-4));
    } else {
      names.forEach(name -> parameters.add(new ParamGroup(List.of(name), 1, 1e-4)));
    }
    names.forEach(name -> gradients.put(name, gradient(variables.get(name))));
  }

  /** Not so small that moments become denormal numbers. */
  private Tensor gradient(Tensor weight) {
    float[] values = new float[weight.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (Rng.uniform(1, i) - 0.5f) * 1e-2f;
    }
    return Tensor.of(weight.shape(), values).upload(kernels);
  }

  @Benchmark
  public void step() {
    rule.nextStep();
    for (ParamGroup group : parameters) {
      for (String name : group.parameters()) {
        rule.update(
            kernels,
            name,
            variables.update(name),
            gradients.get(name),
            1e-4 * group.rateFactor(),
            group.weightDecay());
      }
    }
  }

  @TearDown
  public void close() {
    kernels.close();
  }
}
