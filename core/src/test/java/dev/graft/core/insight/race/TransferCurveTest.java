package dev.graft.core.insight.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.race.TransferCurve.Point;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Accuracy against the number of layers that are kept. */
class TransferCurveTest {

  @Test
  void keptLayersThatKnowTheTask_areWorthMoreThanNone() {
    Split<Pictures> data = Toy.data();
    try (ReferenceBackend backend = new ReferenceBackend()) {
      Settings settings = Settings.of(Recipe.SCRATCH, 40).seed(1).rate(0.05).backend(backend);
      Model knows = FineTune.run(Toy.plain(), data, settings).model();
      List<Point> points =
          TransferCurve.of(
                  new Race(List.of(4), 2, 2, 1), 5, knows, data, backend, 2, TrainListener.SILENT)
              .points();
      // Two layers below the head.
      assertThat(points).extracting(Point::layers).containsExactly(0, 1, 2);
      assertThat(points.get(0).frozen()).isEqualTo(points.get(0).tuned());
      for (Point point : points) {
        assertThat(point.frozen().mean()).isBetween(0.0, 1.0);
        assertThat(point.tuned().runs()).isEqualTo(2);
      }
      assertThat(points.get(2).frozen().mean()).isGreaterThan(points.get(0).frozen().mean());
    }
  }
}
