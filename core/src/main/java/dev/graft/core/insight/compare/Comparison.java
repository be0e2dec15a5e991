package dev.graft.core.insight.compare;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.DataException;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.Activations;
import dev.graft.core.insight.Cka;
import dev.graft.core.insight.Cuts;
import dev.graft.core.insight.Cuts.Cut;
import dev.graft.core.train.TrainListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How alike the layers of two networks see the same pictures, each network as it is fed itself:
 * linear CKA of every pair, on maps averaged to at most 8 x 8 cells.
 *
 * @param first layers of the first network
 * @param second layers of the second
 * @param likeness {@code [first][second]}, in [0, 1]; NaN for a layer that answers the same to all
 *     pictures
 */
public record Comparison(List<Cut> first, List<Cut> second, List<List<Double>> likeness) {

  public Comparison {
    first = List.copyOf(first);
    second = List.copyOf(second);
    likeness = likeness.stream().map(List::copyOf).toList();
  }

  /**
   * Compares two networks.
   *
   * @param a carries its preprocessing
   * @param b carries its preprocessing
   * @param pictures at least two that both can be shown; a few hundred are enough
   * @param layers of each at most, at equal steps of depth
   * @param backend computes, and stays the caller's to close
   * @param threads that read pictures
   * @throws DataException if fewer than two pictures can be read
   */
  public static Comparison of(
      Model a,
      Model b,
      Pictures pictures,
      int layers,
      Backend backend,
      int threads,
      TrainListener listener) {
    List<Cut> first = Cuts.of(a, layers);
    List<Cut> second = Cuts.of(b, layers);
    Map<String, float[][]> rowsA = rows(a, first, pictures, backend, threads, listener);
    Map<String, float[][]> rowsB = rows(b, second, pictures, backend, threads, listener);
    float[][] one = rowsA.get(first.get(0).value());
    float[][] other = rowsB.get(second.get(0).value());
    int[] both =
        IntStream.range(0, pictures.size())
            .filter(i -> one[i] != null && other[i] != null)
            .toArray();
    if (both.length < 2) {
      throw new DataException(
          "a comparison wants at least 2 readable pictures, found " + both.length);
    }
    List<Cka> seenA = seen(first, rowsA, both);
    List<Cka> seenB = seen(second, rowsB, both);
    List<List<Double>> likeness = new ArrayList<>();
    for (Cka layer : seenA) {
      likeness.add(seenB.stream().map(layer::with).toList());
    }
    return new Comparison(first, second, likeness);
  }

  private static Map<String, float[][]> rows(
      Model model,
      List<Cut> cuts,
      Pictures pictures,
      Backend backend,
      int threads,
      TrainListener listener) {
    Activations activations = new Activations(model, backend, threads);
    return activations.of(
        cuts.stream().map(Cut::value).toList(),
        Activations.Summary.GRIDS,
        activations.dataset(pictures),
        listener);
  }

  private static List<Cka> seen(List<Cut> cuts, Map<String, float[][]> rows, int[] both) {
    return cuts.stream()
        .map(
            cut -> {
              float[][] all = rows.get(cut.value());
              return Cka.of(Arrays.stream(both).mapToObj(i -> all[i]).toArray(float[][]::new));
            })
        .toList();
  }
}
