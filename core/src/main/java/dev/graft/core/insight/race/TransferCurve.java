package dev.graft.core.insight.race;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.insight.Cuts;
import dev.graft.core.insight.Cuts.Cut;
import dev.graft.core.insight.Interval;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Phase;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.recipe.Course;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;
import dev.graft.core.transfer.surgery.Surgery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How far the layers of a network transfer (Yosinski, Clune, Bengio, Lipson, NeurIPS 2014):
 * accuracy against the number of layers that keep their weights, while all behind them start from
 * random ones; once with the kept layers frozen, once with everything trained.
 *
 * @param points from none kept to all but the head
 */
public record TransferCurve(List<Point> points) {

  /**
   * Some layers kept.
   *
   * @param layers how many layers with parameters
   * @param value where they end; empty for none
   * @param frozen accuracy with these as they are
   * @param tuned accuracy with everything trained
   */
  public record Point(int layers, String value, Interval frozen, Interval tuned) {}

  /** Everything at the rate of new weights, from wherever it starts. */
  private record Onward() implements Recipe {

    @Override
    public String name() {
      return "onward";
    }

    @Override
    public Optional<Phase> next(Course course) {
      double rate = course.rate(course::headRate);
      return course.past().isEmpty()
          ? Optional.of(course.phase("all", FreezeMask.NONE, rate, course.epochsLeft()))
          : Optional.empty();
    }
  }

  public TransferCurve {
    points = List.copyOf(points);
  }

  /**
   * Measures it on the largest heat of a race: its pictures of each class, seeds and epochs.
   *
   * @param depths at most so many, at equal steps, beside none at all
   * @param model carries its preprocessing; its head is replaced in every run
   * @param backend computes, and stays the caller's to close
   * @param threads that read pictures
   */
  public static TransferCurve of(
      Race race,
      int depths,
      Model model,
      Split<Pictures> data,
      Backend backend,
      int threads,
      TrainListener listener) {
    List<Cut> cuts = Cuts.of(model, depths);
    int runs = race.seeds() * (1 + 2 * cuts.size());
    listener.on(new TrainEvent.Started("layers", runs + " runs", runs));
    int each = race.pictures().get(race.pictures().size() - 1);
    List<Point> points = new ArrayList<>();
    double[][] found = new double[1 + 2 * cuts.size()][race.seeds()];
    int done = 0;
    for (int s = 0; s < race.seeds(); s++) {
      long seed = race.seed() + s;
      Split<Pictures> some =
          new Split<>(Race.draw(data.training(), each, seed), Race.sample(data.validation()));
      Settings settings =
          Settings.of(new Onward(), race.epochs())
              .head(HeadChoice.NEW)
              .seed(seed)
              .backend(backend)
              .threads(threads);
      Model fresh = Surgery.reinitialize(model, seed);
      for (int k = 0; k < found.length; k++) {
        Model start = fresh;
        Settings chosen = settings;
        if (k > 0) {
          Graph kept = model.graph().ending(List.of(cuts.get((k - 1) / 2).value()));
          start = fresh.with(fresh.weights().with(weights(model, kept)));
          chosen =
              k % 2 == 1
                  ? settings.freeze(FreezeMask.of(Set.copyOf(kept.stored(Role.PARAMETER))))
                  : settings;
        }
        found[k][s] = FineTune.run(start, some, chosen).best().get("accuracy");
        listener.on(new TrainEvent.Progress("layers", ++done));
      }
    }
    Interval none = Interval.of(found[0]);
    points.add(new Point(0, "", none, none));
    for (int k = 0; k < cuts.size(); k++) {
      Cut cut = cuts.get(k);
      points.add(
          new Point(
              cut.layers(),
              cut.value(),
              Interval.of(found[1 + 2 * k]),
              Interval.of(found[2 + 2 * k])));
    }
    listener.on(new TrainEvent.Ended("layers", runs + " runs"));
    return new TransferCurve(points);
  }

  private static Map<String, Tensor> weights(Model model, Graph kept) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    kept.stored().keySet().forEach(name -> weights.put(name, model.weights().get(name)));
    return weights;
  }
}
