package dev.graft.cli.report;

import dev.graft.cli.page.Html;
import dev.graft.cli.page.LineChart;
import dev.graft.cli.page.LineChart.Point;
import dev.graft.cli.page.Page;
import dev.graft.cli.page.Table;
import dev.graft.cli.page.Tag;
import dev.graft.core.insight.Interval;
import dev.graft.core.insight.race.Heat;
import dev.graft.core.insight.race.Lane;
import dev.graft.core.insight.race.RaceResult;
import dev.graft.core.insight.race.TransferCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A race as a page: the verdict, and the curves of all starts over each other. */
public final class RacePage {

  private RacePage() {}

  /**
   * The page.
   *
   * @param name of the model and the data
   * @param curve how far layers transfer; without points it is left out
   */
  public static Page of(String name, RaceResult result, TransferCurve curve) {
    Page page = new Page("Race: " + name).lead(result.sentence());
    if (!result.crossover().isEmpty()) {
      page.lead(result.crossover());
    }
    page.section("Accuracy", table(result));
    if (result.heats().size() > 1) {
      page.section(
          "From how many pictures on",
          new Tag("div").with("class", "charts").holding(byPictures(result.heats())));
    }
    for (Heat heat : result.heats()) {
      page.section(
          heat.pictures() + " pictures of each class",
          new Tag("div").with("class", "charts").holding(curves(heat)),
          Html.note("Means over the seeds, on what validates."));
    }
    if (!curve.points().isEmpty()) {
      page.section(
          "How far layers transfer",
          new Tag("div").with("class", "charts").holding(byLayers(curve)),
          Html.note(
              "Layers that keep their weights, frozen or trained further, while all behind them"
                  + " start anew."));
    }
    Table notes = new Table("");
    result.notes().forEach(notes::row);
    return page.section("Notes", notes.html());
  }

  private static Html table(RaceResult result) {
    Table table = new Table("pictures a class", "start", "accuracy %", "epochs to 95 %");
    for (Heat heat : result.heats()) {
      for (Lane lane : heat.lanes()) {
        table.row(
            Integer.toString(heat.pictures()),
            lane.start().words(),
            lane.accuracy().text(100),
            lane.settled().text(1));
      }
    }
    return table.html();
  }

  private static Html byPictures(List<Heat> heats) {
    LineChart chart = new LineChart("pictures of each class", "accuracy in %").reaching(100);
    for (Lane.Start start : Lane.Start.values()) {
      chart.series(
          start.words(),
          heats.stream()
              .map(h -> new Point(h.pictures(), 100 * h.lane(start).accuracy().mean()))
              .toList());
    }
    return chart.html();
  }

  private static List<Html> curves(Heat heat) {
    return List.of(
        curve(heat, "loss", Lane.Epoch::loss),
        curve(heat, "training loss", Lane.Epoch::trainingLoss),
        curve(heat, "accuracy in %", epoch -> 100 * epoch.accuracy()));
  }

  private static Html curve(Heat heat, String label, ToDoubleFunction<Lane.Epoch> of) {
    LineChart chart = new LineChart("epoch", label);
    for (Lane lane : heat.lanes()) {
      chart.series(lane.start().words(), means(lane, of));
    }
    return chart.html();
  }

  /** The mean over the seeds after each epoch that all of them came to. */
  private static List<Point> means(Lane lane, ToDoubleFunction<Lane.Epoch> of) {
    int epochs = lane.runs().stream().mapToInt(run -> run.epochs().size()).min().orElse(0);
    return IntStream.range(0, epochs)
        .mapToObj(
            e ->
                new Point(
                    e + 1,
                    lane.runs().stream()
                        .mapToDouble(run -> of.applyAsDouble(run.epochs().get(e)))
                        .average()
                        .orElse(Double.NaN)))
        .toList();
  }

  private static Html byLayers(TransferCurve curve) {
    return new LineChart("layers kept", "accuracy in %")
        .reaching(100)
        .series("frozen", points(curve, TransferCurve.Point::frozen))
        .series("fine-tuned", points(curve, TransferCurve.Point::tuned))
        .html();
  }

  private static List<Point> points(
      TransferCurve curve, Function<TransferCurve.Point, Interval> of) {
    List<Point> points = new ArrayList<>();
    curve.points().forEach(p -> points.add(new Point(p.layers(), 100 * of.apply(p).mean())));
    return points;
  }
}
