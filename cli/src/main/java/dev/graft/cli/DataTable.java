package dev.graft.cli;

import dev.graft.core.insight.data.Album;
import dev.graft.core.insight.data.ClassSummary;
import dev.graft.core.insight.data.Copies;
import dev.graft.core.insight.data.DataCheck;
import dev.graft.core.insight.data.DataReport;
import dev.graft.core.insight.data.InputFit;
import dev.graft.core.insight.data.Suspect;
import dev.graft.core.insight.data.Trait;
import dev.graft.importers.PlainText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What was found in a data set, for people: in 80 columns but for long names of files. */
record DataTable(DataReport report) {

  /** Lines of each kind; the rest is for --json. */
  private static final int SHOWN = 20;

  /** Files of one picture that are named. */
  private static final int NAMED = 6;

  private static final int CLASS_NAME = 24;

  String text() {
    List<String> lines = new ArrayList<>();
    Album album = report.album();
    lines.add(album.size() + " pictures, " + report.unreadable().size() + " of them unreadable");
    list(
        lines,
        List.copyOf(report.unreadable().keySet()),
        i -> album.name(i) + " " + report.unreadable().get(i));
    copies(lines);
    suspects(lines);
    classes(lines);
    input(lines);
    if (!report.notes().isEmpty()) {
      lines.add("");
      report.notes().forEach(note -> lines.add("note: " + note));
    }
    return lines.stream().map(PlainText::of).collect(Collectors.joining("\n"));
  }

  private void copies(List<String> lines) {
    List<Copies> leaks = report.leaks();
    lines.add("");
    lines.add(
        report.copies().size()
            + " pictures more than once: "
            + leaks.size()
            + " across parts, "
            + report.conflicts().size()
            + " under different labels");
    List<Copies> rest = new ArrayList<>(report.copies());
    rest.removeAll(leaks);
    List<Copies> order = new ArrayList<>(leaks);
    order.addAll(rest);
    list(lines, order, this::copies);
    if (!order.isEmpty()) {
      lines.add("  (= the same pixels, ~ scaled or compressed again)");
    }
  }

  private String copies(Copies one) {
    int count = one.pictures().size();
    String names =
        one.pictures().stream()
            .limit(NAMED)
            .map(report.album()::name)
            .collect(Collectors.joining(one.isExact() ? " = " : " ~ "));
    return count <= NAMED ? names : names + " and " + (count - NAMED) + " more";
  }

  private void suspects(List<String> lines) {
    Album album = report.album();
    lines.add("");
    lines.add(report.suspects().size() + " labels that are likely wrong, the most doubtful first");
    list(
        lines,
        report.suspects(),
        (Suspect s) ->
            String.format(
                Locale.ROOT,
                "%s: %s? (%.0f %%)",
                album.name(s.picture()),
                album.classes().get(s.suggested()),
                100 * s.confidence()));
  }

  private void classes(List<String> lines) {
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "%-" + CLASS_NAME + "s %9s %11s %6s",
            "class",
            "training",
            "validation",
            "test"));
    // What is wrong first, if not all of them fit.
    List<ClassSummary> order = new ArrayList<>(report.classes());
    if (order.size() > SHOWN) {
      order.sort((a, b) -> Boolean.compare(isPlain(a), isPlain(b)));
    }
    list(
        lines,
        order,
        one ->
            String.format(
                Locale.ROOT,
                "%-" + (CLASS_NAME - 2) + "s %9d %11d %6d%s%s",
                shortened(one.name()),
                one.training(),
                one.validation(),
                one.test(),
                one.isSmall() ? "  fewer than " + DataCheck.FEW : "",
                traits(one.traits())));
    if (!report.validation().isEmpty()) {
      lines.add("pictures to validate on against the others:" + traits(report.validation()));
    }
  }

  private static boolean isPlain(ClassSummary one) {
    return !one.isSmall() && one.traits().isEmpty();
  }

  private static String shortened(String name) {
    int most = CLASS_NAME - 2;
    String plain = PlainText.of(name);
    return plain.length() <= most ? plain : plain.substring(0, most - 1) + "…";
  }

  private static String traits(List<Trait> traits) {
    return traits.stream()
        .map(t -> String.format(Locale.ROOT, "  %s (%.0f %%)", t.name(), 100 * t.share()))
        .collect(Collectors.joining());
  }

  private void input(List<String> lines) {
    InputFit input = report.input();
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "usual size %.0fx%.0f pixels, mean level %.0f, contrast %.0f, %.0f %% gray",
            input.medianWidth(),
            input.medianHeight(),
            input.brightness(),
            input.contrast(),
            100 * input.gray()));
    input.warnings().forEach(line -> lines.add("warning: " + line));
  }

  private static <T> void list(List<String> lines, List<T> all, Function<T, String> line) {
    all.stream().limit(SHOWN).forEach(one -> lines.add("  " + line.apply(one)));
    if (all.size() > SHOWN) {
      lines.add("  … and " + (all.size() - SHOWN) + " more (--json has all)");
    }
  }
}
