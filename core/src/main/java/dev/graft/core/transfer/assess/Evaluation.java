package dev.graft.core.transfer.assess;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Labelled;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.metric.CalibrationError;
import dev.graft.core.train.metric.Confusion;
import dev.graft.core.transfer.feature.Examples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A finished classifier measured on pictures or texts whose classes are known.
 *
 * @param confusion which class was taken for which, of the model's classes
 * @param calibrationError how far confidence is from being right, see {@link CalibrationError}
 * @param classes names of the model's classes, by the numbers that verdicts have
 * @param verdicts one for each picture with a class that could be read, in their order
 * @param unreadable name and cause of the pictures that were skipped
 */
public record Evaluation(
    Confusion confusion,
    double calibrationError,
    List<String> classes,
    List<Verdict> verdicts,
    Map<String, String> unreadable) {

  private static final int BATCH = 32;

  public Evaluation {
    classes = List.copyOf(classes);
    verdicts = List.copyOf(verdicts);
  }

  /**
   * Predicts of every picture or text that has a class.
   *
   * @param model carries its preprocessing; its labels, where it has any, hold the items' classes
   * @param backend computes, and stays the caller's to close
   * @param threads that read pictures
   * @throws dev.graft.core.graph.GraphException if the model does not tell the pictures' classes
   *     apart, or carries no preprocessing
   * @throws dev.graft.core.data.DataException if more than a tenth of the pictures cannot be read
   */
  public static Evaluation of(Model model, Labelled items, Backend backend, int threads) {
    KnownClasses classes = KnownClasses.of(model, items.classes());
    Dataset data = Examples.of(model, items, Augment.NONE);
    boolean isBatched = model.graph().inputs().stream().allMatch(InputSpec::isBatched);
    int batch = isBatched ? BATCH : 1;
    List<Verdict> verdicts = new ArrayList<>();
    CalibrationError error = new CalibrationError();
    try (Session session = Session.of(model, backend);
        Batches batches = new Batches(data, batch, threads);
        BatchIterator pass = batches.iterate(data.cheapestOrder(), item -> 0)) {
      while (pass.hasNext()) {
        Batch next = pass.next();
        Map<String, Tensor> fed = new HashMap<>(next.tensors());
        fed.remove(Loss.TARGET);
        float[] outputs = session.run(fed).get(model.graph().output()).toArray();
        float[] labels = next.get(Loss.TARGET).toArray();
        int size = outputs.length / next.size();
        for (int row = 0; row < next.size(); row++) {
          int label = (int) labels[row];
          if (label == Labelled.UNLABELLED) {
            continue;
          }
          Prediction best =
              session.ranked(Arrays.copyOfRange(outputs, row * size, (row + 1) * size)).get(0);
          Verdict verdict =
              new Verdict(
                  next.indices()[row], classes.number(label), best.index(), best.probability());
          verdicts.add(verdict);
          error.add(verdict.confidence(), verdict.isRight());
        }
      }
      verdicts.sort(Comparator.comparingInt(Verdict::picture));
      Confusion confusion =
          Confusion.of(
              classes.names(),
              verdicts.stream().map(Verdict::wanted).toList(),
              verdicts.stream().map(Verdict::said).toList());
      return new Evaluation(
          confusion, error.value(), classes.names(), verdicts, batches.unreadable());
    }
  }
}
