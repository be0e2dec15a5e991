package dev.graft.tests.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.data.Album;
import dev.graft.core.insight.data.Copies;
import dev.graft.core.insight.data.DataCheck;
import dev.graft.core.insight.data.DataReport;
import dev.graft.core.train.TrainListener;
import dev.graft.importers.ModelReader;
import dev.graft.tests.Material;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults put into photographs of ants and bees are found: over as many seeds as one has time for,
 * with {@code -Dgraft.data.seeds=5}.
 */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class DataCheckTest {

  private static final int SEEDS = Integer.getInteger("graft.data.seeds", 1);

  @TempDir private Path folder;

  @Test
  void plantedFaults_areFound() throws IOException {
    Path photos = Material.path("data/hymenoptera_data");
    Model model = ModelReader.read(Material.path("models_onnx/mobilenet_v2_1.0_224_tf2ptq.onnx"));
    Preprocessing tf = Preprocessing.named("tf", 3, 224, 224);
    Model fed = model.with(model.metadata().withPreprocessing(tf));
    double sum = 0;
    try (Backend backend = Backends.byName(Backends.AUTO, 2)) {
      for (int seed = 1; seed <= SEEDS; seed++) {
        Path data = folder.resolve("seed" + seed);
        PlantedFaults planted = PlantedFaults.plant(photos, data, seed);
        DataReport report =
            DataCheck.of(DataFolders.parts(data), fed, backend, 2, TrainListener.SILENT);
        Album album = report.album();
        assertThat(report.unreadable().keySet().stream().map(album::name))
            .containsExactlyInAnyOrderElementsOf(planted.truncated());
        Set<String> leaking =
            report.leaks().stream()
                .map(Copies::pictures)
                .flatMap(List::stream)
                .map(album::name)
                .collect(Collectors.toSet());
        assertThat(leaking).as("seed " + seed).containsAll(planted.copied());
        // What the photographs have of their own is not planted; but it is little.
        assertThat(report.copies()).hasSizeLessThan(planted.copied().size() + 5);
        List<String> suspects =
            report.suspects().stream().map(s -> album.name(s.picture())).toList();
        int as = planted.flipped().size();
        long found = suspects.stream().limit(as).filter(planted.flipped()::contains).count();
        System.out.printf(
            "data check, seed %d: %d of %d flipped labels among as many suspects of %d%n",
            seed, found, as, suspects.size());
        sum += (double) found / as;
      }
    }
    System.out.printf("data check: %.1f %% of the flipped labels%n", 100 * sum / SEEDS);
    assertThat(sum / SEEDS).isGreaterThanOrEqualTo(0.8);
  }
}
