package dev.graft.cli.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines over a common axis, under construction. */
public final class LineChart {

  /**
   * A point of a line.
   *
   * @param y not a number where nothing was measured: the line is interrupted there
   */
  public record Point(double x, double y) {}

  private record Series(String name, List<Point> points) {}

  private record Mark(double x, String word) {}

  /** Colours there are for lines; more lines begin anew. */
  private static final int COLOURS = 6;

  private final String xLabel;
  private final String yLabel;
  private final List<Series> series = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;

  /**
   * @param xLabel what the horizontal axis counts, such as epochs
   * @param yLabel what the vertical axis measures, with its unit
   */
  public LineChart(String xLabel, String yLabel) {
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  /** Adds a line through points in the order of their {@code x}. */
  public LineChart series(String name, List<Point> points) {
    series.add(new Series(name, List.copyOf(points)));
    return this;
  }

  /** Adds a vertical line with a word, such as where a phase begins. */
  public LineChart mark(double x, String word) {
    marks.add(new Mark(x, word));
    return this;
  }

  /** Lets the vertical axis reach a number, such as 0. */
  public LineChart reaching(double y) {
    least = Math.min(least, y);
    most = Math.max(most, y);
    return this;
  }

  /** The chart with its legend; nothing where no point was measured. */
  public Html html() {
    List<Point> all =
        series.stream()
            .flatMap(s -> s.points.stream())
            .filter(p -> Double.isFinite(p.x) && Double.isFinite(p.y))
            .toList();
    if (all.isEmpty()) {
      return Html.NONE;
    }
    double low = Math.min(least, all.stream().mapToDouble(Point::y).min().orElseThrow());
    double high = Math.max(most, all.stream().mapToDouble(Point::y).max().orElseThrow());
    double first = all.stream().mapToDouble(Point::x).min().orElseThrow();
    double last = all.stream().mapToDouble(Point::x).max().orElseThrow();
    Frame frame = new Frame(Axis.counting(first, last), xLabel, Axis.around(low, high), yLabel);
    List<Html> drawn = new ArrayList<>();
    marks.stream()
        .filter(mark -> mark.x >= first && mark.x <= last)
        .forEach(mark -> drawn.add(frame.mark(mark.x, mark.word)));
    for (int i = 0; i < series.size(); i++) {
      drawn.add(line(frame, series.get(i), colour(i)));
    }
    String names = series.stream().map(Series::name).collect(Collectors.joining(", "));
    return new Tag("figure")
        .with("class", "chart")
        .holding(frame.holding(yLabel + " by " + xLabel + ": " + names, drawn), legend());
  }

  private static String colour(int i) {
    return "series-" + (i % COLOURS + 1);
  }

  private static Html line(Frame frame, Series series, String colour) {
    StringBuilder path = new StringBuilder();
    boolean isOpen = false;
    List<Html> dots = new ArrayList<>();
    for (int i = 0; i < series.points.size(); i++) {
      Point p = series.points.get(i);
      if (!isMeasured(p)) {
        isOpen = false;
        continue;
      }
      path.append(
          String.format(
              Locale.ROOT, "%s%.1f,%.1f", isOpen ? "L" : "M", frame.across(p.x), frame.down(p.y)));
      boolean goesOn = i + 1 < series.points.size() && isMeasured(series.points.get(i + 1));
      if (!isOpen && !goesOn) {
        // A path of one point draws nothing.
        dots.add(dot(frame, p, colour));
      }
      isOpen = true;
    }
    Html line = new Tag("path").with("class", "line " + colour).with("d", path.toString()).empty();
    return Html.of(line, Html.of(dots));
  }

  private static boolean isMeasured(Point p) {
    return Double.isFinite(p.x) && Double.isFinite(p.y);
  }

  private static Html dot(Frame frame, Point p, String colour) {
    return new Tag("circle")
        .with("class", "dot " + colour)
        .with("cx", frame.across(p.x))
        .with("cy", frame.down(p.y))
        .with("r", 3)
        .empty();
  }

  private Html legend() {
    return new Tag("figcaption")
        .with("class", "legend")
        .holding(
            IntStream.range(0, series.size())
                .mapToObj(
                    i ->
                        new Tag("span")
                            .holding(
                                new Tag("i").with("class", "key " + colour(i)).empty(),
                                Html.text(series.get(i).name)))
                .toList());
  }
}
