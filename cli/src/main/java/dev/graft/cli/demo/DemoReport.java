package dev.graft.cli.demo;

import dev.graft.cli.page.Gallery;
import dev.graft.cli.page.Html;
import dev.graft.cli.page.LineChart;
import dev.graft.cli.page.LineChart.Point;
import dev.graft.cli.page.Page;
import dev.graft.cli.page.Picture;
import dev.graft.cli.page.Table;
import dev.graft.cli.page.Tag;
import dev.graft.cli.report.ConfusionTable;
import dev.graft.cli.report.Mistakes;
import dev.graft.core.backend.Rng;
import dev.graft.core.train.TrainEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** {@code report.html} of the demo. */
public final class DemoReport {

  private DemoReport() {}

  /** The page. */
  public static Page page(Findings findings) {
    Attempt staged = findings.first(Way.STAGED);
    return new Page("What transfer does")
        .lead(
            "A small network that has only ever seen drawings of things learns eight animals from "
                + Demo.SHOTS
                + " drawings of each. Measured on "
                + findings.test().size()
                + " others, with "
                + Demo.SEEDS
                + " seeds.")
        .section(
            "Four ways to learn",
            table(findings),
            Html.of(findings.sentences().stream().map(Html::paragraph).toList()),
            Html.note(
                "Accuracy is the mean over the seeds ± their standard deviation; every seed has other"
                    + " drawings to learn from. Seconds are those of one training here."))
        .section(
            "Seed by seed",
            new Tag("div").with("class", "charts").holding(seeds(findings), curves(findings)),
            Html.note("To the right the first seed; the mark is where staged frees the trunk."))
        .section("What the network knew", gallery(Thing.things(), 1))
        .section("What it had to learn", gallery(Thing.animals(), 3))
        .section(
            "Which animal was taken for which",
            ConfusionTable.of(staged.evaluation().confusion()),
            Html.note("Staged, the first seed."))
        .section("The most confident mistakes", Mistakes.of(staged.evaluation(), findings.test()))
        .section(
            "Where the network comes from",
            Html.paragraph(
                "Graft trained it, on drawings of things alone. Its receipt follows; graft demo"
                    + " --pretrain, or graft replay with the receipt, trains it again to the same"
                    + " bits."),
            new Tag("pre").holding(new String(Trunk.receipt(), StandardCharsets.UTF_8)));
  }

  private static Html table(Findings findings) {
    Table table = new Table("way", "accuracy", "seconds", "trained parameters", "what is trained");
    for (Summary s : findings.summaries()) {
      table.row(
          s.way().label(), s.accuracyText(), s.secondsText(), s.trainedText(), s.way().explained());
    }
    return table.html();
  }

  private static Html seeds(Findings findings) {
    LineChart chart = new LineChart("seed", "accuracy in %").reaching(0).reaching(100);
    for (Way way : Way.values()) {
      chart.series(
          way.label(),
          findings.attempts().stream()
              .filter(a -> a.way() == way)
              .map(a -> new Point(a.seed(), a.accuracy()))
              .toList());
    }
    return chart.html();
  }

  private static Html curves(Findings findings) {
    LineChart chart =
        new LineChart("epoch", "accuracy on what validates, in %").reaching(0).reaching(100);
    for (Way way : Way.values()) {
      chart.series(
          way.label(),
          findings.first(way).epochs().stream()
              .map(e -> new Point(e.epoch(), 100 * e.validation().get("accuracy")))
              .toList());
    }
    List<TrainEvent.Epoch> staged = findings.first(Way.STAGED).epochs();
    IntStream.range(1, staged.size())
        .filter(i -> !staged.get(i).phase().equals(staged.get(i - 1).phase()))
        .forEach(i -> chart.mark(staged.get(i).epoch(), staged.get(i).phase()));
    return chart.html();
  }

  private static Html gallery(List<Thing> things, int each) {
    List<Picture> pictures = new ArrayList<>();
    for (Thing thing : things) {
      for (int i = 0; i < each; i++) {
        pictures.add(
            new Picture(thing.draw(Rng.key(3, thing.label().hashCode(), i)), thing.label()));
      }
    }
    return new Gallery(pictures).html();
  }
}
