package dev.graft.tests.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.race.Heat;
import dev.graft.core.insight.race.Race;
import dev.graft.core.insight.race.RaceResult;
import dev.graft.core.train.TrainListener;
import dev.graft.importers.ModelReader;
import dev.graft.tests.Material;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A network that knows photographs helps with photographs. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class RaceOnPhotographsTest {

  @Test
  void mobileNet_helpsWithAntsAndBees() {
    Split<Pictures> photos = DataFolders.open(Material.path("data/hymenoptera_data"), 0.2, 1);
    Model model = ModelReader.read(Material.path("models_onnx/mobilenet_v2_1.0_224_tf2ptq.onnx"));
    Preprocessing tf = Preprocessing.named("tf", 3, 224, 224);
    int[] some = IntStream.range(0, photos.validation().size()).filter(i -> i % 8 == 0).toArray();
    Split<Pictures> few = new Split<>(photos.training(), photos.validation().subset(some));
    try (Backend backend = Backends.byName(Backends.AUTO, 2)) {
      RaceResult result =
          new Race(List.of(10), 3, 2, 1)
              .run(
                  model.with(model.metadata().withPreprocessing(tf)),
                  few,
                  backend,
                  2,
                  TrainListener.SILENT);
      System.out.println(result.sentence());
      assertThat(result.heats().get(0).verdict()).isEqualTo(Heat.Verdict.HELPS);
      assertThat(result.sentence()).startsWith("transfer helps: ");
    }
  }
}
