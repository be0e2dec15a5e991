package dev.graft.core.insight.unit;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.Preprocessor;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.NetworkView;
import dev.graft.core.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.util.Objects;

/**
 * Shows where in pictures a classifier sees a class: {@link GradCam} of a picture as the model's
 * own preprocessing makes it. For one thread at a time.
 */
public final class Explainer {

  private final int units;
  private final Preprocessing preprocessing;
  private final GradCam cam;

  /** A picture as the network receives it, and where in it a class is seen, from 0 to 1. */
  public record Seen(BufferedImage received, float[][] map) {}

  /**
   * For one model.
   *
   * @param model carries its preprocessing
   * @param backend computes, and stays the caller's to close
   * @throws GraphException if it has no output for each class, or no maps to look at
   */
  public Explainer(Model model, Backend backend) {
    this.units = model.graph().outputSize();
    if (units < 2) {
      throw new GraphException(
          "to show where a class is seen, the model must have an output for each class; this one"
              + " has a single output");
    }
    this.preprocessing =
        Objects.requireNonNull(
            model.metadata().preprocessing(),
            "the model carries no preprocessing; set one with Metadata.withPreprocessing");
    this.cam = new GradCam(model, backend);
  }

  /** Number of the classes that can be looked for. */
  public int units() {
    return units;
  }

  /**
   * Looks for one class in one picture.
   *
   * @param unit which of the outputs, from 0
   * @throws IllegalArgumentException if there is none of that number
   */
  public Seen of(BufferedImage picture, int unit) {
    if (unit < 0 || unit >= units) {
      throw new IllegalArgumentException(
          "expected the number of a class from 0 to " + (units - 1) + ", found " + unit);
    }
    float[] input = Preprocessor.apply(preprocessing, picture);
    float[][] map = cam.of(Tensor.of(preprocessing.shape(), input), unit);
    return new Seen(NetworkView.of(preprocessing, input), map);
  }
}
