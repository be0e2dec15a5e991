package dev.graft.tests.golden;

import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.loss.Distillation;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.plan.EagerExecutor;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Distilled;
import dev.graft.core.train.loss.Loss;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole distillation loss, {@code alpha T^2 KL + (1 - alpha) CE}, for several T and alpha:
 * value and gradient to the student's logits, against PyTorch's.
 */
class GoldenDistillationTest {

  /** The loss sums over 5 examples of 7 classes. */
  private static final int TERMS = 35;

  @ParameterizedTest
  @MethodSource("dev.graft.tests.golden.PoisonedBackend#names")
  void lossOfTheOperations_agreesWithPyTorch(String name) {
    try (Backend backend = PoisonedBackend.byName(name)) {
      for (GoldenCase c : GoldenCase.of("distillation")) {
        Tape tape = new Tape(backend);
        Value student = tape.parameter(c.tensor("student").upload(backend));
        Value teacher = tape.constant(c.tensor("teacher").upload(backend));
        Value target = tape.constant(c.tensor("target").upload(backend));
        double alpha = c.number("alpha");
        Value soft = tape.apply(new Distillation(c.number("temperature")), student, teacher);
        Value hard = tape.apply(new SoftmaxCrossEntropy(c.number("smoothing")), student, target);
        Value loss =
            tape.apply(
                new Add(),
                tape.apply(new Mul(), soft, scalar(backend, tape, alpha)),
                tape.apply(new Mul(), hard, scalar(backend, tape, 1 - alpha)));
        float[] value = loss.tensor().download(backend);
        Tensor gradient = Objects.requireNonNull(tape.backward(loss).of(student));
        Accuracy.check(c + ", loss", value, c.tensor("loss"), TERMS);
        Accuracy.check(c + ", gradient", gradient.download(backend), c.tensor("gradient"), TERMS);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.graft.tests.golden.PoisonedBackend#names")
  void lossAttachedToAGraph_agreesWithPyTorch(String name) {
    try (Backend backend = PoisonedBackend.byName(name)) {
      for (GoldenCase c : GoldenCase.of("distillation")) {
        // A network whose logits are stored: the gradient to them is what is asked for.
        GraphBuilder g = new GraphBuilder(0);
        g.weight("student", c.tensor("student"));
        Model model = g.build(g.node("logits", new Identity(), "student"));
        Loss loss =
            new Distilled(
                new CrossEntropy(c.number("smoothing")),
                c.number("temperature"),
                c.number("alpha"));
        Graph graph = loss.attach(model.graph()).graph();
        Variables variables = new Variables(backend, graph, model.weights());
        Executor.Step step =
            new EagerExecutor(graph, variables, backend, Set.of("student"))
                .step(
                    Map.of(
                        Loss.TEACHER,
                        c.tensor("teacher"),
                        Loss.TARGET,
                        classes(c.tensor("target"))),
                    Loss.VALUE,
                    0);
        float[] value = Objects.requireNonNull(step.outputs().get(Loss.VALUE)).toArray();
        Tensor gradient = Objects.requireNonNull(step.gradients().get("student"));
        Accuracy.check(c + ", loss", value, c.tensor("loss"), TERMS);
        Accuracy.check(c + ", gradient", gradient.download(backend), c.tensor("gradient"), TERMS);
      }
    }
  }

  /** The numbers of the classes that one-hot rows stand for. */
  private static Tensor classes(Tensor oneHot) {
    int count = oneHot.shape().size(1);
    float[] classes = new float[oneHot.shape().size(0)];
    float[] rows = oneHot.toArray();
    for (int i = 0; i < rows.length; i++) {
      classes[i / count] += rows[i] * (i % count);
    }
    return Tensor.of(Shape.of(classes.length), classes);
  }

  private static Value scalar(Backend backend, Tape tape, double value) {
    return tape.constant(Tensor.of(Shape.SCALAR, (float) value).upload(backend));
  }
}
