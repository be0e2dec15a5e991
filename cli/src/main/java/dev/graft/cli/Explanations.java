package dev.graft.cli;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.unit.Explainer;
import dev.graft.core.insight.unit.HeatMap;
import dev.graft.core.session.Prediction;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes where a network saw the class that it predicts: a picture for each one predicted. */
final class Explanations {

  private final Path folder;
  private final Explainer explainer;
  private final Map<String, Integer> used = new HashMap<>();

  /**
   * For the predictions of one model.
   *
   * @throws dev.graft.core.graph.GraphException if it has no output for each class, or no maps to
   *     look at
   */
  Explanations(Path folder, Model model, Backend backend) {
    this.folder = folder;
    this.explainer = new Explainer(model, backend);
  }

  /**
   * Writes one: on the left what the network received, on the right where it saw the best class.
   *
   * @param file of the picture, which names the result
   */
  void write(Path file, BufferedImage picture, List<Prediction> ranked) {
    int unit =
        ranked.stream().mapToInt(Prediction::index).filter(i -> i >= 0).findFirst().orElse(0);
    Explainer.Seen seen = explainer.of(picture, unit);
    String name = file.getFileName().toString();
    int times = used.merge(name, 1, Integer::sum);
    PictureOutput.write(
        HeatMap.beside(seen.received(), seen.map()),
        folder.resolve(name + (times == 1 ? "" : "-" + times) + ".png"));
  }
}
