package dev.graft.cli.demo;

import dev.graft.core.graph.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the demo found.
 *
 * @param attempts of every way and seed
 * @param test what they were measured on
 */
public record Findings(List<Attempt> attempts, Drawings test) {

  public Findings {
    attempts = List.copyOf(attempts);
  }

  /** A summary of each way, in their order. */
  List<Summary> summaries() {
    return Stream.of(Way.values()).map(way -> Summary.of(way, attempts)).toList();
  }

  private Summary of(Way way) {
    return summaries().get(way.ordinal());
  }

  /** What follows, a sentence each. */
  public List<String> sentences() {
    return List.of(
        of(Way.STAGED).against(of(Way.SCRATCH), "Transfer (staged against from scratch)"),
        of(Way.STAGED).against(of(Way.HEAD), "Fine-tuning (staged against the head alone)"),
        of(Way.STUDENT)
            .against(of(Way.SCRATCH), "Distillation (the small student against from scratch)"));
  }

  /** The table, a line each, within 80 columns. */
  public List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(line("way", "accuracy", "seconds", "trained parameters"));
    for (Summary s : summaries()) {
      lines.add(line(s.way().label(), s.accuracyText(), s.secondsText(), s.trainedText()));
    }
    return lines;
  }

  private static String line(String way, String accuracy, String seconds, String trained) {
    return String.format(Locale.ROOT, "%-14s %14s %9s %20s", way, accuracy, seconds, trained);
  }

  /** The model of the first seed. */
  public Model model(Way way) {
    return first(way).model();
  }

  Attempt first(Way way) {
    return attempts.stream().filter(a -> a.way() == way).findFirst().orElseThrow();
  }
}
