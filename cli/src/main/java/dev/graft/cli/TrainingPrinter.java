package dev.graft.cli;

import dev.graft.core.train.Metrics;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.importers.PlainText;
import java.util.Locale;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Prints a training run as it goes, on standard output: a line for each phase and epoch, and where
 * standard error is a terminal a progress bar with the time left there.
 */
final class TrainingPrinter implements TrainListener, AutoCloseable {

  private final boolean quiet;
  private final boolean bars;
  private @Nullable ProgressBar bar;

  TrainingPrinter(boolean quiet) {
    this.quiet = quiet;
    // Only the launcher can tell: System.console() is there without a terminal from Java 22 on.
    this.bars = !quiet && Boolean.getBoolean("graft.terminal");
  }

  @Override
  public void on(TrainEvent event) {
    if (event instanceof TrainEvent.Started started) {
      print(started.name() + ": " + started.note());
      if (bars) {
        bar =
            new ProgressBarBuilder()
                .setTaskName(started.name())
                .setInitialMax(started.units())
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .clearDisplayOnFinish()
                .build();
      }
    } else if (event instanceof TrainEvent.Progress progress) {
      if (bar != null) {
        bar.stepTo(progress.done());
      }
    } else if (event instanceof TrainEvent.Noted noted) {
      print(noted.name() + ": " + noted.note());
    } else if (event instanceof TrainEvent.Epoch epoch) {
      print(line(epoch));
    } else if (event instanceof TrainEvent.Ended ended) {
      removeBar();
      print(ended.name() + ": " + ended.reason());
    }
  }

  private static String line(TrainEvent.Epoch e) {
    return String.format(
        Locale.ROOT,
        "epoch %3d  %-8s rate %-9.3g loss %.4f  %s  |  validation loss %.4f  %s%s  (%.1f s)",
        e.epoch(),
        e.phase(),
        e.rate(),
        e.training().loss(),
        scores(e.training()),
        e.validation().loss(),
        scores(e.validation()),
        e.best() ? " *" : "  ",
        e.seconds());
  }

  /** What the task measures beside the loss, such as {@code accuracy 97.4 %}. */
  static String scores(Metrics metrics) {
    return metrics.scores().stream()
        .map(score -> score.name() + " " + score.text())
        .collect(Collectors.joining("  "));
  }

  void print(String line) {
    if (!quiet) {
      System.out.println(PlainText.of(line));
    }
  }

  @Override
  public void close() {
    removeBar();
  }

  /** Takes the bar away, if there is one. */
  void removeBar() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
