package dev.graft.cli.report;

import dev.graft.cli.page.Html;
import dev.graft.cli.page.Picture;
import dev.graft.cli.page.Tag;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.unit.Filters;

/** The filters that read the pictures, as they were before training and as they are. */
final class FirstFilters {

  /** Of a picture of all filters, in pixels: several hundred of them are told apart. */
  private static final int SIDE = 640;

  private FirstFilters() {}

  /** Two pictures; a line that says why where there are none. */
  static Html of(Model before, Model after) {
    try {
      return Html.of(
          new Tag("div")
              .with("class", "charts filters")
              .holding(
                  new Picture(Filters.picture(before), "before training", SIDE).html(),
                  new Picture(Filters.picture(after), "after training", SIDE).html()),
          Html.note(
              "Each is stretched so that 0 is gray and its largest weight black or white. Where the"
                  + " first layer was frozen, both are the same."));
    } catch (GraphException e) {
      return Html.note("Left out: " + e.getMessage() + ".");
    }
  }
}
