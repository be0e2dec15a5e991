package dev.graft.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.page.Html;
import dev.graft.cli.page.LineChart;
import dev.graft.cli.page.LineChart.Point;
import dev.graft.cli.page.Tag;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Loss and metrics of every epoch, with a mark where each phase sets more layers free. */
final class LearningCurves {

  private static final String VALIDATION = "val";

  private LearningCurves() {}

  /**
   * A chart of the loss and one of each metric.
   *
   * @param epochs the lines of {@code metrics.jsonl}
   */
  static Html of(List<JsonNode> epochs) {
    List<Html> charts = new ArrayList<>();
    charts.add(chart(epochs, "Loss", "loss"));
    for (String metric : metrics(epochs)) {
      charts.add(chart(epochs, metric, spoken(metric)));
    }
    Html drawn = Html.of(charts);
    return drawn.toString().isEmpty()
        ? Html.NONE
        : new Tag("div").with("class", "charts").holding(drawn);
  }

  /** What was measured beside the loss, as in {@code valAccuracy}. */
  private static Set<String> metrics(List<JsonNode> epochs) {
    Set<String> names = new LinkedHashSet<>();
    epochs.forEach(epoch -> epoch.fieldNames().forEachRemaining(names::add));
    Set<String> metrics = new LinkedHashSet<>();
    for (String name : names) {
      if (name.startsWith(VALIDATION) && !name.equals("valLoss")) {
        metrics.add(name.substring(VALIDATION.length()));
      }
    }
    return metrics;
  }

  private static String spoken(String metric) {
    return metric.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + metric.substring(1);
  }

  private static Html chart(List<JsonNode> epochs, String key, String label) {
    LineChart chart =
        new LineChart("epoch", label)
            .series("training", points(epochs, "train" + key))
            .series("validation", points(epochs, VALIDATION + key));
    String phase = "";
    for (JsonNode epoch : epochs) {
      String now = epoch.path("phase").asText();
      if (!now.equals(phase)) {
        chart.mark(epoch.path("epoch").asDouble(), now);
        phase = now;
      }
    }
    return chart.html();
  }

  private static List<Point> points(List<JsonNode> epochs, String key) {
    return epochs.stream()
        .map(e -> new Point(e.path("epoch").asDouble(), e.path(key).asDouble(Double.NaN)))
        .toList();
  }
}
