package dev.graft.cli.page;

import java.util.ArrayList;
import java.util.List;

/** Bars over ranges of an axis, under construction, such as a histogram. */
public final class BarChart {

  private record Bar(double from, double to, double height, String said) {}

  private final String xLabel;
  private final String yLabel;
  private final List<Bar> bars = new ArrayList<>();
  private boolean hasDiagonal;

  /**
   * @param xLabel what the horizontal axis measures, with its unit
   * @param yLabel what the vertical axis measures, with its unit
   */
  public BarChart(String xLabel, String yLabel) {
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  /**
   * Adds a bar.
   *
   * @param said of it where the reader points at it
   */
  public BarChart bar(double from, double to, double height, String said) {
    bars.add(new Bar(from, to, height, said));
    return this;
  }

  /** Adds the line on which the two axes are equal. */
  public BarChart diagonal() {
    hasDiagonal = true;
    return this;
  }

  /** The chart; nothing where it has no bars. Heights are at least 0, and reach 1 at least. */
  public Html html() {
    if (bars.isEmpty()) {
      return Html.NONE;
    }
    double left = bars.stream().mapToDouble(Bar::from).min().orElseThrow();
    double right = bars.stream().mapToDouble(Bar::to).max().orElseThrow();
    double top = Math.max(1, bars.stream().mapToDouble(Bar::height).max().orElseThrow());
    Frame frame = new Frame(Axis.around(left, right), xLabel, Axis.around(0, top), yLabel);
    List<Html> drawn = new ArrayList<>();
    bars.forEach(bar -> drawn.add(drawn(frame, bar)));
    if (hasDiagonal) {
      double end = Math.min(frame.x().high(), frame.y().high());
      drawn.add(
          new Tag("line")
              .with("class", "mark")
              .with("x1", frame.across(0))
              .with("y1", frame.down(0))
              .with("x2", frame.across(end))
              .with("y2", frame.down(end))
              .empty());
    }
    return new Tag("figure")
        .with("class", "chart")
        .holding(frame.holding(yLabel + " by " + xLabel, drawn));
  }

  /** One unit of the drawing stays free between neighbours. */
  private static Html drawn(Frame frame, Bar bar) {
    double x = frame.across(bar.from) + 0.5;
    double y = frame.down(bar.height);
    return new Tag("rect")
        .with("class", "bar series-1")
        .with("x", x)
        .with("y", y)
        .with("width", Math.max(0.5, frame.across(bar.to) - 0.5 - x))
        .with("height", frame.down(0) - y)
        .holding(new Tag("title").holding(bar.said));
  }
}
