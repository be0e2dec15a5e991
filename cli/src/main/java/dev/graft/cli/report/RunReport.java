package dev.graft.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.page.Html;
import dev.graft.cli.page.Page;
import dev.graft.cli.page.Table;
import dev.graft.cli.page.Tag;
import dev.graft.core.data.Labelled;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.assess.Evaluation;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The page of a run.
 *
 * @param report what {@code report.json} holds
 * @param receipt what {@code receipt.json} holds
 * @param epochs the lines of {@code metrics.jsonl}
 * @param evaluation of the model that is saved, on what validates; null where its output does not
 *     tell classes apart
 * @param items what it was measured on
 * @param before the model that training started from
 * @param after the one that is saved
 */
public record RunReport(
    ObjectNode report,
    ObjectNode receipt,
    List<JsonNode> epochs,
    @Nullable Evaluation evaluation,
    Labelled items,
    Model before,
    Model after) {

  /** Its file in the folder of a run. */
  public static final String FILE = "report.html";

  /** Longer values are cut: a receipt may name a thousand layers. */
  private static final int LONGEST = 300;

  /** The page. */
  public Page page() {
    Page page = new Page(report.path("command").asText() + ": " + report.path("data").asText());
    page.lead(summary());
    page.section("Learning curves", LearningCurves.of(epochs), marks());
    Evaluation measured = evaluation;
    if (measured != null) {
      page.section(
          "Confusion matrix",
          ConfusionTable.of(measured.confusion()),
          Html.note(
              measured.confusion().examples()
                  + " "
                  + items.noun()
                  + " that validate, by the model that is saved."));
      page.section("The most confident mistakes", Mistakes.of(measured, items));
      page.section(
          "Reliability",
          Reliability.of(measured.verdicts()),
          Html.note(
              String.format(
                  Locale.ROOT,
                  "Where confidence is worth what it says, bars end on the dashed line. Expected"
                      + " calibration error: %.1f %%.",
                  100 * measured.calibrationError())));
    }
    page.section("Filters of the first layer", FirstFilters.of(before, after));
    page.section("Results", values(report, List.of("unreadable", "featureCaches", "test")));
    page.section("Pictures that could not be read", values(report.path("unreadable"), List.of()));
    page.section(
        "Receipt",
        values(receipt, List.of()),
        Html.note("graft replay receipt.json repeats this run, to the same bits."));
    return page;
  }

  private String summary() {
    return String.format(
        Locale.ROOT,
        "%d %s, recipe %s: epoch %d of %d is the best, with %s on %d %s that validate.",
        report.path("images").asInt(),
        items.noun(),
        report.path("recipe").asText(),
        report.path("bestEpoch").asInt(),
        report.path("epochs").asInt(),
        score(),
        report.path("validationImages").asInt(),
        items.noun());
  }

  private String score() {
    Evaluation measured = evaluation;
    return measured == null
        ? String.format(Locale.ROOT, "a loss of %.3g", report.path("valLoss").asDouble())
        : String.format(Locale.ROOT, "%.1f %% right", 100 * measured.confusion().accuracy());
  }

  private Html marks() {
    return epochs.isEmpty()
        ? Html.NONE
        : Html.note(
            "Dashed lines mark where a phase begins, and which part of the network it frees.");
  }

  /** Names and values; what is nested is named by its path. */
  private static Html values(JsonNode node, List<String> without) {
    Table table = new Table("", "");
    add(table, "", node, without);
    Html rows = table.html();
    return rows.toString().isEmpty()
        ? Html.NONE
        : new Tag("div").with("class", "values").holding(rows);
  }

  private static void add(Table table, String prefix, JsonNode node, List<String> without) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String name = prefix + entry.getKey();
      JsonNode value = entry.getValue();
      if (without.contains(name)) {
        continue;
      }
      if (value.isObject() && value.has(RECEIPT_OF_FOLDER)) {
        add(table, name + " ", ((ObjectNode) value.deepCopy()).without(RECEIPT_OF_FOLDER), without);
      } else if (value.isObject()) {
        add(table, name + " ", value, without);
      } else {
        String text = cut(text(value));
        if (!text.isEmpty()) {
          table.row(name, text);
        }
      }
    }
  }

  /** Thousands of files stand in the receipt itself. */
  private static final String RECEIPT_OF_FOLDER = "each";

  private static String text(JsonNode value) {
    if (!value.isArray()) {
      return value.asText();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode one : value) {
      text.append(text.isEmpty() ? "" : ", ").append(one.isValueNode() ? one.asText() : one);
      if (text.length() > LONGEST) {
        return value.size() + ": " + text;
      }
    }
    return text.toString();
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
