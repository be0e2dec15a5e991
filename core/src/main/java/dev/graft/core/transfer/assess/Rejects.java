package dev.graft.core.transfer.assess;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.session.Rejection;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.feature.Examples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Teaches a finished model to say that it does not know: finds the directions in which the features
 * of its training pictures lead, and the thresholds at which it knows all but a share of others of
 * their kind. Features far outside those directions tell foreign pictures far better than
 * probabilities do, so that three quarters of the share go to them.
 */
public final class Rejects {

  private static final int DIRECTIONS = 64;
  private static final int MOST_PICTURES = 2000;
  private static final int BATCH = 32;
  private static final double OF_DISTANCE = 0.75;

  private Rejects() {}

  /** What a network makes of pictures: unit features, and the probability of the best class. */
  private record Seen(List<double[]> features, List<Double> probabilities) {}

  /**
   * The model with its thresholds.
   *
   * @param model a classifier, tuned on {@code training}
   * @param validation pictures of the same kind that it did not learn from
   * @param share of those that may be rejected, in (0, 1)
   * @param backend computes, and stays the caller's to close
   * @throws GraphException if the model has no head that can be told, or the share is none
   */
  public static Model fit(
      Model model,
      Pictures training,
      Pictures validation,
      double share,
      Backend backend,
      int threads) {
    if (!(share > 0 && share < 1)) {
      throw new GraphException("expected a share to reject in (0, 1), found " + share);
    }
    int step = Math.max(1, (training.size() + MOST_PICTURES - 1) / MOST_PICTURES);
    int[] some = IntStream.range(0, training.size()).filter(i -> i % step == 0).toArray();
    Seen learnt = look(model, training.subset(some), backend, threads);
    Seen others = look(model, validation, backend, threads);
    double[][] vectors = learnt.features.toArray(double[][]::new);
    int size = vectors[0].length;
    int count = Math.min(DIRECTIONS, Math.min(size / 2, vectors.length / 2));
    double[][] directions = LeadingDirections.of(vectors, Math.max(1, count), 0);
    List<Float> rows = new ArrayList<>();
    for (double[] direction : directions) {
      Arrays.stream(direction).forEach(value -> rows.add((float) value));
    }
    Rejection open = new Rejection(rows, size, Double.POSITIVE_INFINITY, 0);
    double[] distances = others.features.stream().mapToDouble(open::distance).sorted().toArray();
    double[] probabilities =
        others.probabilities.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int all = distances.length;
    int far = (int) Math.round(all * share * OF_DISTANCE);
    int doubtful = (int) (all * share) - far;
    double farthest = distances[Math.max(0, all - 1 - far)];
    double least = doubtful <= 0 ? 0 : probabilities[Math.min(all - 1, doubtful)];
    return new Rejection(rows, size, farthest, least).in(model);
  }

  private static Seen look(Model model, Pictures pictures, Backend backend, int threads) {
    Graph graph = Rejection.observed(model);
    Variables weights = Variables.readOnly(backend, graph, model.weights());
    PlanExecutor executor = new PlanExecutor(graph, weights, backend, Set.of());
    String input = model.graph().input().name();
    Seen seen = new Seen(new ArrayList<>(), new ArrayList<>());
    try (Session session = Session.of(model, backend);
        Batches batches = new Batches(Examples.of(model, pictures, Augment.NONE), BATCH, threads);
        BatchIterator pass = batches.inOrder()) {
      while (pass.hasNext()) {
        Batch batch = pass.next();
        Map<String, Tensor> outputs = executor.predict(Map.of(input, batch.get(input)));
        Tensor trunk = outputs.get(model.head().trunk());
        seen.features.addAll(List.of(Rejection.features(trunk.toArray(), trunk.shape())));
        float[] scores = outputs.get(model.graph().output()).toArray();
        int classes = scores.length / batch.size();
        for (int row = 0; row < batch.size(); row++) {
          float[] of = Arrays.copyOfRange(scores, row * classes, (row + 1) * classes);
          seen.probabilities.add(session.ranked(of).get(0).probability());
        }
      }
    }
    return seen;
  }
}
