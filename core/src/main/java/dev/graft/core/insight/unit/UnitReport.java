package dev.graft.core.insight.unit;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.DataException;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.Activations;
import dev.graft.core.insight.Cuts;
import dev.graft.core.insight.Cuts.Cut;
import dev.graft.core.train.TrainListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the units of a network answer to, layer by layer.
 *
 * @param layers from the input on
 */
public record UnitReport(List<Layer> layers) {

  private static final int UNITS = 8;
  private static final int PICTURES = 6;

  /**
   * One of them.
   *
   * @param value its name
   * @param specificity how much its units are of one class or another
   * @param strongest its most specific units, with the pictures that they answer to most
   */
  public record Layer(String value, ClassSpecificity specificity, List<Strongest> strongest) {

    public Layer {
      strongest = List.copyOf(strongest);
    }
  }

  public UnitReport {
    layers = List.copyOf(layers);
  }

  /**
   * Looks at a network; what a unit answers is the mean of its map.
   *
   * @param model carries its preprocessing
   * @param pictures with classes, at least two of them readable
   * @param layers at most so many, at equal steps of depth
   * @param backend computes, and stays the caller's to close
   * @param threads that read pictures
   * @throws DataException if there are fewer than two labelled pictures
   */
  public static UnitReport of(
      Model model,
      Pictures pictures,
      int layers,
      Backend backend,
      int threads,
      TrainListener listener) {
    List<Cut> cuts = Cuts.of(model, layers);
    Activations activations = new Activations(model, backend, threads);
    Map<String, float[][]> found =
        activations.of(
            cuts.stream().map(Cut::value).toList(),
            Activations.Summary.MAP_MEANS,
            activations.dataset(pictures),
            listener);
    float[][] any = found.get(cuts.get(0).value());
    int[] known =
        IntStream.range(0, any.length)
            .filter(i -> any[i] != null && pictures.label(i) != Pictures.UNLABELLED)
            .toArray();
    if (known.length < 2) {
      throw new DataException(
          "units are told by pictures with classes; found " + known.length + " that can be read");
    }
    int[] labels = Arrays.stream(known).map(pictures::label).toArray();
    int classes = pictures.classes().size();
    List<Layer> report = new ArrayList<>();
    for (Cut cut : cuts) {
      float[][] all = found.get(cut.value());
      float[][] rows = Arrays.stream(known).mapToObj(i -> all[i]).toArray(float[][]::new);
      List<Strongest> strongest =
          Strongest.of(rows, labels, classes, UNITS, PICTURES).stream()
              .map(
                  one ->
                      new Strongest(
                          one.unit(),
                          one.specificity(),
                          one.pictures().stream().map(i -> known[i]).toList()))
              .toList();
      report.add(new Layer(cut.value(), ClassSpecificity.of(rows, labels, classes), strongest));
    }
    return new UnitReport(report);
  }
}
