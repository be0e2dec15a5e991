package dev.graft.cli.page;

import java.util.ArrayList;
import java.util.List;

/**
 * The frame of a chart: axes with ticks, grid lines and what they measure. Its {@value #WIDTH}
 * units across are about as many pixels on a phone, so that letters keep a size that can be read.
 *
 * @param x the horizontal axis
 * @param xLabel what it measures, with its unit
 * @param y the vertical axis
 * @param yLabel what it measures, with its unit
 */
record Frame(Axis x, String xLabel, Axis y, String yLabel) {

  private static final int WIDTH = 400;
  private static final int HEIGHT = 260;
  private static final int LEFT = 52;
  private static final int RIGHT = WIDTH - 12;
  private static final int TOP = 22;
  private static final int BOTTOM = HEIGHT - 40;

  /** Where a number lies across. */
  double across(double value) {
    return LEFT + x.share(value) * (RIGHT - LEFT);
  }

  /** Where a number lies, from the top. */
  double down(double value) {
    return BOTTOM - y.share(value) * (BOTTOM - TOP);
  }

  /** The drawing, with what is drawn in the frame. */
  Html holding(String description, List<Html> contents) {
    List<Html> all = new ArrayList<>();
    for (double tick : y.ticks()) {
      all.add(line("grid", LEFT, down(tick), RIGHT, down(tick)));
      all.add(text("end", LEFT - 5, down(tick) + 4, Axis.label(tick)));
    }
    for (double tick : x.ticks()) {
      all.add(line("tick", across(tick), BOTTOM, across(tick), BOTTOM + 4));
      all.add(text("middle", across(tick), BOTTOM + 16, Axis.label(tick)));
    }
    all.add(line("axis", LEFT, BOTTOM, RIGHT, BOTTOM));
    all.add(line("axis", LEFT, TOP, LEFT, BOTTOM));
    all.add(text("middle", (LEFT + RIGHT) / 2.0, HEIGHT - 6, xLabel));
    all.add(text("start", 2, 12, yLabel));
    all.addAll(contents);
    return new Tag("svg")
        .with("viewBox", "0 0 " + WIDTH + " " + HEIGHT)
        .with("role", "img")
        .with("aria-label", description)
        .holding(all);
  }

  /** A vertical line with a word at its top. */
  Html mark(double at, String word) {
    return Html.of(
        line("mark", across(at), TOP, across(at), BOTTOM),
        text("start", across(at) + 3, TOP + 10, word));
  }

  private static Html line(String kind, double x1, double y1, double x2, double y2) {
    return new Tag("line")
        .with("class", kind)
        .with("x1", x1)
        .with("y1", y1)
        .with("x2", x2)
        .with("y2", y2)
        .empty();
  }

  private static Html text(String anchor, double x, double y, String text) {
    return new Tag("text").with("text-anchor", anchor).with("x", x).with("y", y).holding(text);
  }
}
