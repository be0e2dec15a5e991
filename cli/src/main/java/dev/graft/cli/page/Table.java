package dev.graft.cli.page;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A table under construction; a column of nothing but numbers stands to the right. */
public final class Table {

  private static final Pattern NUMBER =
      Pattern.compile("[-+−]?[\\d., ]+( ± [\\d.]+)?( ?[%a-zA-Zµ]{1,4})?|-|");

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param headings one for each column; all of them empty for a table without
   */
  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has more or fewer cells than there are headings
   */
  public Table row(String... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          "expected " + headings.size() + " cells, found " + cells.length);
    }
    rows.add(List.of(cells));
    return this;
  }

  /** The table; nothing where it has no rows. */
  public Html html() {
    if (rows.isEmpty()) {
      return Html.NONE;
    }
    boolean[] isNumeric = new boolean[headings.size()];
    for (int c = 0; c < isNumeric.length; c++) {
      int column = c;
      isNumeric[c] = rows.stream().allMatch(row -> NUMBER.matcher(row.get(column)).matches());
    }
    boolean isHeaded = headings.stream().anyMatch(heading -> !heading.isEmpty());
    Stream<Html> head =
        isHeaded
            ? Stream.of(new Tag("thead").holding(row("th", headings, isNumeric)))
            : Stream.empty();
    List<Html> body = rows.stream().map(cells -> row("td", cells, isNumeric)).toList();
    List<Html> parts = Stream.concat(head, Stream.of(new Tag("tbody").holding(body))).toList();
    return new Tag("div").with("class", "wide").holding(new Tag("table").holding(parts));
  }

  private static Html row(String cell, List<String> texts, boolean[] isNumeric) {
    return new Tag("tr")
        .holding(
            IntStream.range(0, texts.size())
                .mapToObj(
                    c -> {
                      Tag tag = new Tag(cell);
                      return (isNumeric[c] ? tag.with("class", "number") : tag)
                          .holding(texts.get(c));
                    })
                .toList());
  }
}
