package dev.graft.cli.demo;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** The small network that ships with the demo, and its architecture. */
public final class Trunk {

  private Trunk() {}

  /** The network as {@link Pretraining} left it: it knows the things, and no animal. */
  static Model shipped() {
    try (InputStream in = Trunk.class.getResourceAsStream("trunk.onnx")) {
      return ModelReader.read(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@code receipt.json} of its training holds. */
  public static byte[] receipt() {
    try (InputStream in = Trunk.class.getResourceAsStream("trunk-receipt.json")) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A network with random weights that tells the drawings of {@code things} apart. */
  static Model fresh(List<Thing> things, long seed) {
    GraphBuilder g = new GraphBuilder(seed);
    String x = g.input("picture", Shape.of(3, Pen.SIZE, Pen.SIZE));
    x = g.maxPool(block(g, "conv1", x, 12), Window.square(2, 2, 0));
    x = g.maxPool(block(g, "conv2", x, 24), Window.square(2, 2, 0));
    x = block(g, "conv3", x, 48);
    x = g.maxPool(block(g, "conv4", x, 48), Window.square(2, 2, 0));
    x = block(g, "conv5", x, 96);
    x = g.flatten(g.globalAveragePool(x));
    Model fresh = g.build(g.softmax(g.linear("classes", x, things.size())));
    return fresh.with(
        fresh
            .metadata()
            .withPreprocessing(Preprocessing.named("tf", 3, Pen.SIZE, Pen.SIZE))
            .withLabels(things.stream().map(Thing::label).toList()));
  }

  private static String block(GraphBuilder g, String name, String x, int channels) {
    String y = g.conv(name, x, channels, Window.square(3, 1, 1), 1, false);
    return g.relu(g.batchNorm(name + ".norm", y));
  }
}
