package dev.graft.cli.report;

import dev.graft.cli.page.Html;
import dev.graft.cli.page.Tag;
import dev.graft.core.train.metric.Confusion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Which class was taken for which: a row for each class, a column for what was said of it, the
 * darker the larger its share of the row. Of many classes those with the most mistakes are shown.
 */
public final class ConfusionTable {

  /** Classes there is room for. */
  static final int MOST = 50;

  private final Confusion confusion;
  private final List<Integer> shown;

  private ConfusionTable(Confusion confusion) {
    this.confusion = confusion;
    this.shown = worst(confusion);
  }

  /** The table; nothing where nothing was measured. */
  public static Html of(Confusion confusion) {
    return confusion.examples() == 0 ? Html.NONE : new ConfusionTable(confusion).html();
  }

  /** By the number of mistakes, then in the order in which they stand. */
  private static List<Integer> worst(Confusion confusion) {
    int classes = confusion.classes().size();
    return IntStream.range(0, classes)
        .boxed()
        .sorted(
            Comparator.comparingInt((Integer k) -> -mistakes(confusion, k))
                .thenComparingInt(k -> k))
        .limit(MOST)
        .sorted()
        .toList();
  }

  private static int mistakes(Confusion confusion, int k) {
    return confusion.examples(k) - confusion.count(k, k);
  }

  private Html html() {
    boolean isCut = shown.size() < confusion.classes().size();
    List<Html> head = new ArrayList<>();
    head.add(new Tag("th").holding("is, taken for"));
    shown.forEach(
        k ->
            head.add(
                new Tag("th")
                    .with("class", "column")
                    .holding(new Tag("span").holding(confusion.classes().get(k)))));
    if (isCut) {
      head.add(
          new Tag("th").with("class", "column").holding(new Tag("span").holding("other classes")));
    }
    List<Html> rows = shown.stream().map(k -> row(k, isCut)).toList();
    Html table =
        new Tag("div")
            .with("class", "wide")
            .holding(
                new Tag("table")
                    .with("class", "matrix")
                    .holding(
                        new Tag("thead").holding(new Tag("tr").holding(head)),
                        new Tag("tbody").holding(rows)));
    return isCut
        ? Html.of(
            table,
            Html.note(
                "The "
                    + MOST
                    + " of "
                    + confusion.classes().size()
                    + " classes with the most mistakes; graft evaluate --json has"
                    + " them all."))
        : table;
  }

  private Html row(int k, boolean isCut) {
    List<Html> cells = new ArrayList<>();
    cells.add(new Tag("th").with("class", "row").holding(confusion.classes().get(k)));
    int counted = 0;
    for (int said : shown) {
      counted += confusion.count(k, said);
      cells.add(cell(k, confusion.count(k, said), said == k));
    }
    if (isCut) {
      cells.add(cell(k, confusion.examples(k) - counted, false));
    }
    return new Tag("tr").holding(cells);
  }

  private Html cell(int k, int count, boolean isRight) {
    Tag cell = new Tag("td").with("class", "count");
    if (count == 0) {
      return cell.holding("0");
    }
    double share = (double) count / confusion.examples(k);
    String colour =
        String.format(
            Locale.ROOT,
            "background:rgba(var(--%s),%.2f)",
            isRight ? "right" : "wrong",
            0.12 + 0.5 * share);
    return cell.with("style", colour).holding(Integer.toString(count));
  }
}
