package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.transfer.recipe.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How large the heap is decides what is kept in it, and no result. */
class HeapSizeTest {

  /** Trains a head on augmented pictures; tells whether features were kept, and the weights. */
  static final class Training {

    private Training() {}

    public static void main(String[] arguments) {
      try (JavaBackend backend = new JavaBackend(1)) {
        Split<Pictures> data = new Split<>(new Toy.Halves(48, 1), new Toy.Halves(8, 2));
        Settings settings =
            Settings.of(Recipe.HEAD, 3)
                .seed(1)
                .rate(1e-4)
                .batchSize(8)
                .variants(2)
                .augment(Augment.FLIP)
                .backend(backend)
                .threads(1);
        Tuned tuned = FineTune.run(wide(), data, settings);
        int bits = 0;
        for (String name : tuned.model().weights().names()) {
          bits = 31 * bits + Arrays.hashCode(tuned.model().weights().get(name).toArray());
        }
        System.out.println(tuned.caches().get(0).isCached() + " " + bits);
      }
    }

    /** Few weights, and a quarter of a MiB of features for each picture of 8x8. */
    private static Model wide() {
      GraphBuilder g = new GraphBuilder(7);
      String x = g.input("image", Shape.of(1, Toy.SIZE, Toy.SIZE));
      String seen = g.relu(g.conv("stem", x, 1024, Window.square(3, 1, 1)));
      Model model = g.build(g.linear("head", g.flatten(seen), 2));
      Preprocessing unit = Preprocessing.named("unit", 1, Toy.SIZE, Toy.SIZE);
      return model.with(model.metadata().withPreprocessing(unit));
    }
  }

  private static List<String> train(String heap) throws IOException, InterruptedException {
    String own = System.getProperty("java.class.path");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx" + heap,
                "-cp",
                System.getProperty("surefire.test.class.path", own),
                Training.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return List.of(said.strip().split(" "));
  }

  @Test
  void augmentedFeatures_keptInALargeHeap_orNotInASmallOne_giveTheSameBits()
      throws IOException, InterruptedException {
    // 104 of them, half of the heap at most: 26 MiB.
    List<String> large = train("128m");
    List<String> small = train("48m");
    assertThat(large.get(0)).as("kept").isEqualTo("true");
    assertThat(small.get(0)).as("not kept").isEqualTo("false");
    assertThat(small.get(1)).isEqualTo(large.get(1));
  }
}
