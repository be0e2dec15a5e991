package dev.graft.bench.networks;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.util.Map;
import java.util.Set;

/**
 * Training steps on one batch again and again: forward, backward and an update, as {@link
 * dev.graft.core.train.Trainer} does them, without data to read.
 */
public final class TrainingRun {

  /** Small: the same batch is learnt for as long as it takes to measure. */
  public static final float RATE = 1e-4f;

  public static final float MOMENTUM = 0.9f;

  private final Backend backend;
  private final Variables variables;
  private final Set<String> trainable;
  private final Executor executor;
  private final Optimizer optimizer;
  private final Map<String, Tensor> inputs;
  private long steps;

  /**
   * @param model a classifier of pictures that ends in logits {@code [N,classes]}
   * @param frozen what stays as it is
   * @param optimizer new, such as {@link #momentum()}
   */
  public TrainingRun(
      Model model, FreezeMask frozen, int batch, Backend backend, Optimizer optimizer) {
    this.backend = backend;
    this.optimizer = optimizer;
    Graph graph = new CrossEntropy(0).attach(model.graph()).graph();
    variables = new Variables(backend, graph, model.weights());
    trainable = frozen.trainable(model.graph());
    executor = executor(graph, variables, backend, trainable);
    int classes = model.graph().shapes(1).get(model.graph().output()).size(1);
    int size = model.graph().input().bind(1).size(2);
    inputs =
        Map.of(
            Network.INPUT,
            Network.pictures(batch, size),
            Loss.TARGET,
            classes(labels(batch, classes)));
  }

  /** Plain SGD with momentum, as PyTorch and DJL have it. */
  public static Optimizer momentum() {
    return new Sgd(MOMENTUM, false);
  }

  /** The one place that says what drives a training step. */
  private static Executor executor(
      Graph graph, Variables variables, Backend backend, Set<String> trainable) {
    return new PlanExecutor(graph, variables, backend, trainable);
  }

  /** The class of every picture of a batch. */
  public static int[] labels(int batch, int classes) {
    int[] labels = new int[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = i * 7 % classes;
    }
    return labels;
  }

  private static Tensor classes(int[] labels) {
    float[] targets = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      targets[i] = labels[i];
    }
    return Tensor.of(Shape.of(labels.length), targets);
  }

  /** One step; returns the loss before it. */
  public float step() {
    Executor.Step step = executor.step(inputs, Loss.VALUE, steps++);
    optimizer.nextStep();
    for (String name : trainable) {
      Tensor gradient = step.gradients().get(name);
      if (gradient != null) {
        optimizer.update(backend, name, variables.update(name), gradient, RATE, 0);
      }
    }
    return step.outputs().get(Loss.VALUE).host().array()[0];
  }
}
