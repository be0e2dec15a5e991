package dev.graft.cli;

import dev.graft.cli.option.UsageException;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.Preprocessor;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.NetworkView;
import dev.graft.core.insight.unit.GradCam;
import dev.graft.core.insight.unit.HeatMap;
import dev.graft.core.session.Prediction;
import dev.graft.core.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes where a network saw the class that it predicts: a picture for each one predicted. */
final class Explanations {

  private final Path folder;
  private final Preprocessing preprocessing;
  private final GradCam cam;
  private final Map<String, Integer> used = new HashMap<>();

  /**
   * For the predictions of one model.
   *
   * @throws UsageException if it has no output for each class
   * @throws dev.graft.core.graph.GraphException if it has no maps to look at
   */
  Explanations(Path folder, Model model, Backend backend) {
    if (model.graph().outputSize() < 2) {
      throw new UsageException(
          "--explain wants a model with an output for each class; this one has a single output");
    }
    this.folder = folder;
    this.preprocessing = model.metadata().preprocessing();
    this.cam = new GradCam(model, backend);
  }

  /**
   * Writes one: on the left what the network received, on the right where it saw the best class.
   *
   * @param file of the picture, which names the result
   */
  void write(Path file, BufferedImage picture, List<Prediction> ranked) {
    int unit =
        ranked.stream().mapToInt(Prediction::index).filter(i -> i >= 0).findFirst().orElse(0);
    float[] input = Preprocessor.apply(preprocessing, picture);
    float[][] seen = cam.of(Tensor.of(preprocessing.shape(), input), unit);
    BufferedImage result = HeatMap.beside(NetworkView.of(preprocessing, input), seen);
    String name = file.getFileName().toString();
    int times = used.merge(name, 1, Integer::sum);
    PictureOutput.write(result, folder.resolve(name + (times == 1 ? "" : "-" + times) + ".png"));
  }
}
