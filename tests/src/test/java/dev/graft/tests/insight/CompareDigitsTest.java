package dev.graft.tests.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.compare.Comparison;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.tests.Material;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Two networks for different digits come out alike where they begin, and not where they end. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class CompareDigitsTest {

  @TempDir private Path folder;

  private static Model network(long seed) {
    GraphBuilder g = new GraphBuilder(seed);
    String x = g.input("image", Shape.of(1, 28, 28));
    x = g.maxPool(g.relu(g.conv("conv1", x, 16, Window.square(3, 1, 1))), Window.square(2, 2, 0));
    x = g.maxPool(g.relu(g.conv("conv2", x, 32, Window.square(3, 1, 1))), Window.square(2, 2, 0));
    x = g.relu(g.conv("conv3", x, 32, Window.square(3, 1, 1)));
    x = g.relu(g.linear("hidden", g.flatten(x), 32));
    Model model = g.build(g.softmax(g.linear("head", x, 5)));
    return model.with(model.metadata().withPreprocessing(Preprocessing.named("unit", 1, 28, 28)));
  }

  /** The training pictures of five of the digits. */
  private Path digits(int first) throws IOException {
    Path from = Material.path("data/mnist_small/train");
    Path to = folder.resolve("from" + first);
    for (int digit = first; digit < first + 5; digit++) {
      Path target = Files.createDirectories(to.resolve("" + digit));
      try (Stream<Path> files = Files.list(from.resolve("" + digit))) {
        for (Path file : files.toList()) {
          Files.copy(file, target.resolve(file.getFileName()));
        }
      }
    }
    return to;
  }

  private Model trained(int first, long seed, Backend backend) throws IOException {
    Settings settings = Settings.of(Recipe.SCRATCH, 12).seed(seed).backend(backend).threads(2);
    Tuned tuned = FineTune.run(network(seed), DataFolders.open(digits(first), 0.2, seed), settings);
    System.out.println("digits from " + first + ": " + tuned.best());
    assertThat(tuned.best().get("accuracy")).isGreaterThan(0.8);
    return tuned.model();
  }

  @Test
  void firstLayersOfTwoTasks_areMoreAlikeThanTheLast() throws IOException {
    Pictures test = DataFolders.toMeasure(Material.path("data/mnist_small")).pictures();
    int[] some = new int[200];
    Arrays.setAll(some, i -> i * test.size() / 200);
    try (Backend backend = Backends.byName(Backends.AUTO, 2)) {
      Comparison comparison =
          Comparison.of(
              trained(0, 1, backend),
              trained(5, 2, backend),
              test.subset(some),
              10,
              backend,
              2,
              TrainListener.SILENT);
      List<List<Double>> cka = comparison.likeness();
      System.out.println(cka);
      int last = cka.size() - 1;
      assertThat(cka).hasSize(4);
      assertThat(cka.get(0).get(0)).isBetween(0.0, 1.0);
      assertThat(cka.get(0).get(0)).isGreaterThan(cka.get(last).get(last) + 0.2);
    }
  }
}
