package dev.graft.tests.samples;

import dev.graft.core.backend.Rng;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;
import dev.graft.importers.ModelWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * Makes {@code tests/samples} anew: {@code shapes.onnx}, a small network trained here on eight
 * figures, and {@code symbols/}, a few pictures of four figures it has never seen. From the
 * project's root, after {@code ./mvnw package}:
 *
 * <pre>{@code
 * java -cp "tests/target/test-classes:cli/target/graft/lib/*" dev.graft.tests.samples.MakeSamples
 * }</pre>
 */
final class MakeSamples {

  private static final List<Figure> KNOWN = List.of(Figure.values()).subList(0, 8);
  private static final List<Figure> NEW = List.of(Figure.values()).subList(8, 12);
  private static final long SEED = 1;

  private MakeSamples() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of("tests", "samples");
    pretrain(folder.resolve("shapes.onnx"));
    for (Figure figure : NEW) {
      pictures(folder.resolve("symbols"), "train", figure, 20);
      pictures(folder.resolve("symbols"), "val", figure, 25);
    }
  }

  private static void pictures(Path root, String part, Figure figure, int count)
      throws IOException {
    String name = figure.name().toLowerCase(Locale.ROOT);
    Path folder = Files.createDirectories(root.resolve(part).resolve(name));
    for (int i = 0; i < count; i++) {
      BufferedImage picture = figure.draw(Rng.key(SEED, part.hashCode(), figure.ordinal(), i));
      ImageIO.write(picture, "png", folder.resolve("%02d.png".formatted(i)).toFile());
    }
  }

  private static void pretrain(Path file) {
    GraphBuilder g = new GraphBuilder(SEED);
    String x = g.input("image", Shape.of(1, 32, 32));
    x = block(g, "stem", x, 16);
    x = g.maxPool(x, Window.square(2, 2, 0));
    x = block(g, "middle", x, 32);
    x = g.maxPool(x, Window.square(2, 2, 0));
    x = block(g, "top", x, 48);
    x = g.flatten(g.globalAveragePool(x));
    Model fresh = g.build(g.softmax(g.linear("classes", x, KNOWN.size())));
    Preprocessing unit = Preprocessing.named("unit", 1, 32, 32);
    Model ready = fresh.with(fresh.metadata().withPreprocessing(unit));
    Split<Pictures> data = new Split<>(new Drawn(KNOWN, 500, 11), new Drawn(KNOWN, 50, 12));
    Tuned tuned =
        FineTune.run(
            ready,
            data,
            Settings.of(Recipe.FULL, 30)
                .head(HeadChoice.KEEP)
                .rate(0.03)
                .seed(SEED)
                .listener(event -> System.out.println(event)));
    ModelWriter.write(tuned.model(), file);
  }

  private static String block(GraphBuilder g, String name, String x, int channels) {
    String y = g.conv(name + ".conv", x, channels, Window.square(3, 1, 1), 1, false);
    return g.relu(g.batchNorm(name + ".norm", y));
  }

  /** Pictures that are drawn when they are read. */
  private record Drawn(List<Figure> figures, int each, long seed) implements Pictures {
    @Override
    public int size() {
      return figures.size() * each;
    }

    @Override
    public List<String> classes() {
      return figures.stream().map(f -> f.name().toLowerCase(Locale.ROOT)).toList();
    }

    @Override
    public int label(int index) {
      return index / each;
    }

    @Override
    public String name(int index) {
      return classes().get(label(index)) + "/" + index % each;
    }

    @Override
    public BufferedImage read(int index) {
      return figures.get(label(index)).draw(Rng.key(seed, index));
    }
  }
}
