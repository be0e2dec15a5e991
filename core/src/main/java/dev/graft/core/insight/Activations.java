package dev.graft.core.insight;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.PictureDataset;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.session.Rejection;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.core.train.loss.Loss;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a network, as it is, computes of pictures at some of its values, each summarised as a row of
 * numbers for a picture. All values are taken in one pass.
 *
 * @param model carries its preprocessing
 * @param backend computes, and stays the caller's to close
 * @param threads that read pictures
 */
public record Activations(Model model, Backend backend, int threads) {

  private static final int BATCH = 32;

  /** Rows that say little more than larger ones of what a map looks like. */
  private static final int GRID = 8;

  /** Makes a row of each example of a value {@code [N,C,…]}. */
  @FunctionalInterface
  public interface Summary {

    /** Unit vectors of the means of the maps: what heads read. */
    Summary MEANS =
        value -> {
          double[][] rows = Rejection.features(value.toArray(), value.shape());
          float[][] floats = new float[rows.length][rows[0].length];
          for (int n = 0; n < rows.length; n++) {
            for (int c = 0; c < rows[n].length; c++) {
              floats[n][c] = (float) rows[n][c];
            }
          }
          return floats;
        };

    /** The means of the maps, as they are: what each unit answers. */
    Summary MAP_MEANS = value -> grids(value, 1);

    /** The maps themselves, averaged to at most {@value #GRID} x {@value #GRID} cells. */
    Summary GRIDS = value -> grids(value, GRID);

    /** The rows, {@code [N][…]}. */
    float[][] of(Tensor value);
  }

  /** Where the head begins; the output of a network without a head that can be told. */
  public String trunk() {
    return Cuts.trunk(model);
  }

  /**
   * How the model is fed.
   *
   * @throws GraphException if it does not say, or that does not fit its input
   */
  public Preprocessing preprocessing() {
    Preprocessing preprocessing = model.metadata().preprocessing();
    if (preprocessing == null) {
      throw new GraphException(
          "the model carries no preprocessing; choose one of "
              + String.join(", ", Preprocessing.NAMES));
    }
    preprocessing.check(model.graph().input());
    return preprocessing;
  }

  /** Pictures as the model wants them. */
  public Dataset dataset(Pictures pictures) {
    return new PictureDataset(
        pictures, preprocessing(), Augment.NONE, model.graph().input().name(), Loss.TARGET);
  }

  /**
   * Runs every item through the network once.
   *
   * @param values to look at
   * @param data a field of it feeds the model
   * @return for each value {@code [N][…]}, by the items' numbers; null for one that could not be
   *     read
   * @throws dev.graft.core.data.DataException if more than a tenth of the items cannot be read
   */
  public Map<String, float[][]> of(
      List<String> values, Summary summary, Dataset data, TrainListener listener) {
    Graph graph = model.graph().ending(values);
    PlanExecutor executor =
        new PlanExecutor(
            graph, Variables.readOnly(backend, graph, model.weights()), backend, Set.of());
    String input = model.graph().input().name();
    Map<String, float[][]> rows = new LinkedHashMap<>();
    values.forEach(value -> rows.put(value, new float[data.size()][]));
    pass(
        data,
        model.graph().input().isBatched() ? BATCH : 1,
        threads,
        listener,
        batch -> {
          Map<String, Tensor> found = executor.predict(Map.of(input, batch.get(input)));
          rows.forEach(
              (value, all) -> {
                float[][] made = summary.of(found.get(value));
                for (int row = 0; row < made.length; row++) {
                  all[batch.indices()[row]] = made[row];
                }
              });
        });
    executor.release();
    return rows;
  }

  /** Reads every item once, for what its data set takes note of. */
  public static void pass(Dataset data, int threads, TrainListener listener) {
    pass(data, BATCH, threads, listener, batch -> {});
  }

  private static void pass(
      Dataset data, int batch, int threads, TrainListener listener, Consumer<Batch> use) {
    listener.on(new TrainEvent.Started("pictures", "each is looked at once", data.size()));
    int done = 0;
    try (Batches batches = new Batches(data, batch, threads);
        BatchIterator pass = batches.inOrder()) {
      while (pass.hasNext()) {
        Batch next = pass.next();
        use.accept(next);
        done += next.size();
        listener.on(new TrainEvent.Progress("pictures", done));
      }
    }
    listener.on(new TrainEvent.Ended("pictures", done + " pictures"));
  }

  private static float[][] grids(Tensor value, int grid) {
    Shape shape = value.shape();
    float[] from = value.toArray();
    int examples = shape.size(0);
    int length = from.length / examples;
    float[][] rows = new float[examples][];
    boolean isMap = shape.rank() == 4;
    int height = isMap ? shape.size(2) : 1;
    int width = isMap ? shape.size(3) : length;
    int down = isMap ? Math.min(grid, height) : 1;
    int across = isMap ? Math.min(grid, width) : length;
    int channels = length / (height * width);
    for (int n = 0; n < examples; n++) {
      rows[n] = new float[channels * down * across];
      for (int c = 0; c < channels; c++) {
        int at = n * length + c * height * width;
        for (int i = 0; i < down; i++) {
          for (int j = 0; j < across; j++) {
            rows[n][(c * down + i) * across + j] =
                mean(
                    from,
                    at,
                    width,
                    i * height / down,
                    (i + 1) * height / down,
                    j * width / across,
                    (j + 1) * width / across);
          }
        }
      }
    }
    return rows;
  }

  private static float mean(
      float[] from, int at, int width, int top, int bottom, int left, int right) {
    double sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += from[at + y * width + x];
      }
    }
    return (float) (sum / ((bottom - top) * (right - left)));
  }
}
