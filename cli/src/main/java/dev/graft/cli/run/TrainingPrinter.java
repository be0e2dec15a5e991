package dev.graft.cli.run;

import dev.graft.cli.terminal.Screen;
import dev.graft.core.train.Metrics;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.importers.PlainText;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints a training run as it goes: a line for each phase and epoch, and a progress bar. */
public final class TrainingPrinter implements TrainListener, AutoCloseable {

  private final Screen screen;
  private final String chosenBy;
  private boolean headed;
  private boolean explained;

  /**
   * @param chosenBy what the best epoch is chosen by
   */
  public TrainingPrinter(boolean quiet, String chosenBy) {
    this.screen = new Screen(quiet);
    this.chosenBy = chosenBy;
  }

  @Override
  public void on(TrainEvent event) {
    if (event instanceof TrainEvent.Started started) {
      print(started.name() + ": " + started.note());
      screen.startBar(started.name(), started.units());
      headed = false;
    } else if (event instanceof TrainEvent.Progress progress) {
      screen.moveBar(progress.done());
    } else if (event instanceof TrainEvent.Noted noted) {
      print(noted.name() + ": " + noted.note());
    } else if (event instanceof TrainEvent.Epoch epoch) {
      if (!headed) {
        headed = true;
        if (!explained) {
          explained = true;
          print(
              "* marks the best epoch so far by validation " + chosenBy + ", whose model is kept");
        }
        print(heading(epoch.training().scores()));
      }
      print(line(epoch));
    } else if (event instanceof TrainEvent.Ended ended) {
      screen.removeBar();
      print(ended.name() + ": " + ended.reason());
    }
  }

  /** The columns of {@link #line}. */
  private static String heading(List<Metrics.Score> scores) {
    String names =
        scores.stream()
            .map(score -> String.format(Locale.ROOT, "  %" + width(score) + "s", score.name()))
            .collect(Collectors.joining());
    return String.format(
        Locale.ROOT,
        "%5s  %-7s %8s  %8s%s | %8s%s    seconds",
        "epoch",
        "phase",
        "rate",
        "loss",
        names,
        "val loss",
        names);
  }

  private static String line(TrainEvent.Epoch e) {
    return String.format(
        Locale.ROOT,
        "%5d  %-7s %8.2g  %8.4f%s | %8.4f%s %s %8.1f",
        e.epoch(),
        e.phase(),
        e.rate(),
        e.training().loss(),
        columns(e.training()),
        e.validation().loss(),
        columns(e.validation()),
        e.best() ? "*" : " ",
        e.seconds());
  }

  private static String columns(Metrics metrics) {
    return metrics.scores().stream()
        .map(score -> String.format(Locale.ROOT, "  %" + width(score) + "s", score.text()))
        .collect(Collectors.joining());
  }

  private static int width(Metrics.Score score) {
    return Math.max(8, score.name().length());
  }

  /** What the task measures beside the loss, such as {@code accuracy 97.4 %}. */
  static String scores(Metrics metrics) {
    return metrics.scores().stream()
        .map(score -> score.name() + " " + score.text())
        .collect(Collectors.joining("  "));
  }

  void print(String line) {
    screen.print(PlainText.of(line));
  }

  /** Takes the bar away, if there is one. */
  void removeBar() {
    screen.removeBar();
  }

  @Override
  public void close() {
    screen.close();
  }
}
