package dev.graft.core.transfer.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.FineTuneFixture;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The head that a model gets for its new classes, and the rate that it is trained at. */
class NewHeadTest extends FineTuneFixture {

  @Test
  void headChoice_followsTheLabels() {
    Model trained =
        FineTune.run(Toy.plain(), Toy.data(), settings(Recipe.FULL, 1).rate(0.1)).model();
    List<String> classes = List.of("left", "up");
    Weights kept = HeadChoice.AUTO.apply(trained, classes, 9).weights();
    assertThat(Toy.same(kept, trained.weights(), kept.names())).isTrue();
    Model fresh = HeadChoice.NEW.apply(trained, classes, 9);
    assertThat(Toy.same(fresh.weights(), trained.weights(), Set.of("head.weight"))).isFalse();
    Model silent = trained.with(trained.metadata().withLabels(List.of()));
    assertThat(HeadChoice.KEEP.apply(silent, classes, 9).metadata().labels()).isEqualTo(classes);
    assertThatThrownBy(() -> HeadChoice.KEEP.apply(trained, List.of("up", "left"), 9))
        .hasMessageContaining("labels of its own");
    assertThatThrownBy(() -> HeadChoice.KEEP.apply(silent, List.of("a", "b", "c"), 9))
        .hasMessageContaining("2 outputs")
        .hasMessageContaining("3 classes");
  }

  @Test
  void pooledMapsWithoutAFlatten_areTrainedToo() {
    GraphBuilder g = new GraphBuilder(7);
    String x =
        g.relu(g.conv("stem", g.input("image", Shape.of(1, 8, 8)), 4, Window.square(3, 1, 1)));
    x = g.globalAveragePool(g.conv("classes", x, 5, Window.square(1, 1, 0)));
    Model model = g.build(g.op(new Softmax(1), x));
    Model ready = model.with(Toy.network().metadata());
    Tuned tuned = FineTune.run(ready, Toy.data(), settings(Recipe.STAGED, 4));
    assertThat(tuned.model().graph().shapes(3).get(tuned.model().graph().output()))
        .isEqualTo(Shape.of(3, 2, 1, 1));
    try (Session session = Session.of(tuned.model(), backend)) {
      assertThat(session.predict(new Toy.Halves(1, 1).picture(0))).hasSize(2);
    }
  }

  @Test
  void largeFeatures_lowerTheDefaultRate() {
    Model model = Toy.plain();
    float[] large = model.weights().get("second.weight").toArray();
    for (int i = 0; i < large.length; i++) {
      large[i] *= 1000;
    }
    Map<String, Tensor> changed =
        Map.of("second.weight", Tensor.of(model.weights().get("second.weight").shape(), large));
    List<Double> rates = new ArrayList<>();
    for (Model each : List.of(model, model.with(model.weights().with(changed)))) {
      FineTune.run(
          each,
          Toy.data(),
          settings(Recipe.HEAD, 1)
              .listener(
                  event -> {
                    if (event instanceof TrainEvent.Epoch epoch) {
                      rates.add(epoch.rate());
                    }
                  }));
    }
    assertThat(rates.get(0)).isEqualTo(0.01);
    assertThat(rates.get(1)).isLessThan(0.001);
  }
}
