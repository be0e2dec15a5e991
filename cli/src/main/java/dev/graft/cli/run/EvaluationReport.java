package dev.graft.cli.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.core.train.metric.Confusion;
import dev.graft.core.transfer.assess.Evaluation;
import dev.graft.importers.PlainText;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What was measured of a model, for people within 80 columns, and for programs.
 *
 * @param part what it was measured on
 * @param noun what the items are called, in the plural
 */
public record EvaluationReport(Evaluation evaluation, String part, String noun) {

  /** Columns of counts that fit beside the names. */
  private static final int MATRIX_CLASSES = 10;

  private static final int NAME = 28;
  private static final int MATRIX_NAME = 20;
  private static final int MISTAKES_SHOWN = 10;

  /** One kind of mistake: a class, and what it was taken for. */
  private record Mistake(String wanted, String said, int count) {}

  public ObjectNode json() {
    Confusion confusion = evaluation.confusion();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("part", part);
    node.put("images", confusion.examples());
    node.put("accuracy", confusion.accuracy());
    node.put("balancedAccuracy", confusion.balancedAccuracy());
    node.put("macroF1", confusion.macroF1());
    node.put("ece", evaluation.calibrationError());
    ArrayNode classes = node.putArray("classes");
    confusion.classes().forEach(classes::add);
    ArrayNode matrix = node.putArray("matrix");
    confusion.counts().forEach(row -> row.forEach(matrix.addArray()::add));
    ArrayNode perClass = node.putArray("perClass");
    for (int k = 0; k < confusion.classes().size(); k++) {
      perClass
          .addObject()
          .put("class", confusion.classes().get(k))
          .put("precision", confusion.precision(k))
          .put("recall", confusion.recall(k))
          .put("f1", confusion.f1(k))
          .put("images", confusion.examples(k));
    }
    ObjectNode unreadable = node.putObject("unreadable");
    evaluation.unreadable().forEach(unreadable::put);
    return node;
  }

  public String text() {
    return Stream.of(Stream.of(summary(), ""), classes(), Stream.of(""), confusions())
        .flatMap(lines -> lines)
        .collect(Collectors.joining("\n"));
  }

  /** One line: the figures over all classes. */
  String summary() {
    Confusion confusion = evaluation.confusion();
    return String.format(
        Locale.ROOT,
        "%d %s (%s): accuracy %s, macro F1 %s, ECE %s",
        confusion.examples(),
        noun,
        part,
        percent(confusion.accuracy()),
        percent(confusion.macroF1()),
        percent(evaluation.calibrationError()));
  }

  private Stream<String> classes() {
    Confusion confusion = evaluation.confusion();
    String heading =
        String.format(
            Locale.ROOT,
            "%-" + NAME + "s %10s %10s %10s %10s",
            "class",
            "precision",
            "recall",
            "F1",
            noun);
    Stream<String> rows =
        IntStream.range(0, confusion.classes().size())
            .mapToObj(
                k ->
                    String.format(
                        Locale.ROOT,
                        "%-" + NAME + "s %10s %10s %10s %10d",
                        name(confusion.classes().get(k), NAME),
                        percent(confusion.precision(k)),
                        percent(confusion.recall(k)),
                        percent(confusion.f1(k)),
                        confusion.examples(k)));
    return Stream.concat(Stream.of(heading), rows);
  }

  /** The matrix, or of many classes the most frequent mistakes. */
  private Stream<String> confusions() {
    return evaluation.confusion().classes().size() <= MATRIX_CLASSES ? matrix() : mistakes();
  }

  private Stream<String> matrix() {
    Confusion confusion = evaluation.confusion();
    int classes = confusion.classes().size();
    String heading =
        String.format(Locale.ROOT, "%-" + MATRIX_NAME + "s", "is, taken for")
            + IntStream.rangeClosed(1, classes)
                .mapToObj(k -> String.format(Locale.ROOT, "%6s", "#" + k))
                .collect(Collectors.joining());
    return Stream.concat(
        Stream.of(heading),
        IntStream.range(0, classes)
            .mapToObj(
                k ->
                    String.format(
                            Locale.ROOT,
                            "%-" + MATRIX_NAME + "s",
                            name("#" + (k + 1) + " " + confusion.classes().get(k), MATRIX_NAME))
                        + confusion.counts().get(k).stream()
                            .map(count -> String.format(Locale.ROOT, "%6d", count))
                            .collect(Collectors.joining())));
  }

  private Stream<String> mistakes() {
    Confusion confusion = evaluation.confusion();
    List<String> names = confusion.classes();
    List<Mistake> worst =
        IntStream.range(0, names.size())
            .boxed()
            .flatMap(
                wanted ->
                    IntStream.range(0, names.size())
                        .filter(said -> said != wanted && confusion.count(wanted, said) > 0)
                        .mapToObj(
                            said ->
                                new Mistake(
                                    names.get(wanted),
                                    names.get(said),
                                    confusion.count(wanted, said))))
            .sorted(Comparator.comparingInt(Mistake::count).reversed())
            .limit(MISTAKES_SHOWN)
            .toList();
    return worst.isEmpty()
        ? Stream.of("no mistakes")
        : Stream.concat(
            Stream.of("the most frequent mistakes (--json has all):"),
            worst.stream()
                .map(
                    m ->
                        String.format(
                            Locale.ROOT,
                            "%5d  %s taken for %s",
                            m.count,
                            name(m.wanted, NAME),
                            name(m.said, NAME))));
  }

  /** What was skipped, a line each. */
  public List<String> unreadable() {
    return evaluation.unreadable().entrySet().stream()
        .map(one -> PlainText.line("skipped " + one.getKey() + ": " + one.getValue()))
        .toList();
  }

  private static String name(String name, int width) {
    String plain = PlainText.of(name);
    return plain.length() <= width ? plain : plain.substring(0, width - 1) + "…";
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
