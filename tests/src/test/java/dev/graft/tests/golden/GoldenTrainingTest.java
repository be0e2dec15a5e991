package dev.graft.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Decoupled;
import dev.graft.core.train.loss.Distilled;
import dev.graft.core.train.loss.Likeness;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.SoftTargets;
import dev.graft.core.train.loss.StandardizedLogits;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ten steps of training from the same weights, on the same batch, have the losses that PyTorch has:
 * {@code tests/golden/training.py}.
 */
class GoldenTrainingTest {

  private static final int STEPS = 10;

  private static GoldenCase data;

  static Stream<GoldenCase> trainings() {
    List<GoldenCase> cases = GoldenCase.of("training");
    data = cases.stream().filter(c -> c.name().equals("data")).findFirst().orElseThrow();
    return cases.stream().filter(c -> !c.name().equals("data"));
  }

  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.conv("conv", g.input("x", Shape.of(1, 5, 5)), 4, Window.square(3, 1, 1), 1, true);
    x = g.flatten(g.relu(g.batchNorm("norm", x)));
    Model model = g.build(g.linear("head", x, 3));
    Map<String, Tensor> start = new LinkedHashMap<>();
    for (String name : model.weights().names()) {
      if (data.has(name)) {
        start.put(name, data.tensor(name));
      }
    }
    assertThat(start).hasSize(6);
    return model.with(model.weights().with(start));
  }

  /** Every item is its picture, its class, and what the teacher says of it. */
  private static Dataset items() {
    Tensor x = data.tensor("x");
    float[] target = data.tensor("target").toArray();
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < target.length; i++) {
      float[] picture = Arrays.copyOfRange(x.toArray(), 25 * i, 25 * (i + 1));
      float[] teacher = Arrays.copyOfRange(data.tensor("teacher").toArray(), 3 * i, 3 * (i + 1));
      items.add(List.of(picture, new float[] {target[i]}, teacher));
    }
    List<Dataset.Field> fields =
        List.of(
            new Dataset.Field("x", Shape.of(1, 5, 5)),
            new Dataset.Field(Loss.TARGET, Shape.SCALAR),
            new Dataset.Field(Loss.TEACHER, Shape.of(3)));
    return new TensorDataset(fields, items, i -> "item " + i);
  }

  private static Loss loss(GoldenCase c) {
    Loss labels = new CrossEntropy(c.text("method").equals("smoothing") ? 0.1 : 0);
    Likeness likeness =
        switch (c.text("method")) {
          case "soft" -> new SoftTargets(c.number("temperature"));
          case "standardised" -> new StandardizedLogits(c.number("temperature"));
          case "dkd" -> new Decoupled(c.number("temperature"), 8);
          default -> null;
        };
    return likeness == null ? labels : new Distilled(labels, likeness, c.number("weight"));
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void tenSteps_haveTheLossesOfPyTorch(GoldenCase c) {
    boolean isHead = c.text("method").equals("head");
    List<Double> losses = new ArrayList<>();
    try (Backend backend = Backends.byName(Backends.AUTO, 2)) {
      Settings settings =
          Settings.of(isHead ? Recipe.HEAD : Recipe.FULL, STEPS)
              .rate(c.number("rate"))
              .schedule(Schedule.constant())
              .batchSize(12)
              .l2sp(c.text("method").equals("l2sp") ? c.number("alpha") : 0)
              .optimizer(
                  () -> c.text("optimizer").equals("sgd") ? new Sgd(0.9, false) : new AdamW())
              .backend(backend)
              .listener(
                  event -> {
                    if (event instanceof TrainEvent.Epoch epoch) {
                      losses.add(epoch.training().loss());
                    }
                  });
      FineTune.tune(network(), loss(c), new Split<>(items(), items()), settings);
    }
    float[] expected = c.tensor("losses").toArray();
    assertThat(losses).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      assertThat(losses.get(i))
          .as("%s, step %d", c, i)
          .isCloseTo(expected[i], within(1e-4 * Math.max(1, Math.abs(expected[i]))));
    }
  }
}
