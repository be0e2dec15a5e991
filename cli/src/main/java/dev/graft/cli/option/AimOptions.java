package dev.graft.cli.option;

import dev.graft.core.data.picture.Mix;
import dev.graft.core.train.metric.Accuracy;
import dev.graft.core.train.metric.AreaUnderCurve;
import dev.graft.core.train.metric.BalancedAccuracy;
import dev.graft.core.train.metric.MacroF1;
import dev.graft.core.train.metric.Metric;
import dev.graft.core.transfer.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What training aims at: how pictures and classes count, and what chooses the best epoch. */
final class AimOptions {

  @Option(
      names = "--label-smoothing",
      paramLabel = "X",
      defaultValue = "0",
      description = "share of each target spread over all classes (default: 0)")
  private double labelSmoothing;

  @Option(
      names = "--mix",
      paramLabel = "NAME",
      description =
          "mix training pictures with one another, and their classes with them: mixup blends two,"
              + " cutmix pastes a part of one into the other (default: as they are)")
  private @Nullable String mix;

  @Option(
      names = "--class-weights",
      description = "let every class count alike, however few pictures it has")
  private boolean classWeights;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      defaultValue = "loss",
      description =
          "what chooses the best epoch on the pictures that validate: loss; accuracy; balanced, the"
              + " mean accuracy of the classes; f1, its mean over them; auc, the area under the ROC"
              + " curve (default: loss)")
  private String metric;

  /** Settings with this aim. */
  Settings applied(Settings given, int classes) {
    Settings settings = given.labelSmoothing(labelSmoothing);
    if (mix != null && classWeights) {
      throw new UsageException("--mix and --class-weights exclude each other");
    }
    if (mix != null) {
      settings = settings.mix(Mix.byName(mix));
    }
    if (classWeights) {
      settings = settings.balanceClasses(true);
    }
    Metric chosen = namedMetric(metric, classes);
    return chosen == null ? settings : settings.chooseBy(chosen);
  }

  /** What chooses the best epoch. */
  String metric() {
    return metric;
  }

  private static @Nullable Metric namedMetric(String name, int classes) {
    return switch (name) {
      case "loss" -> null;
      case "accuracy" -> new Accuracy();
      case "balanced" -> new BalancedAccuracy(classes);
      case "f1" -> new MacroF1(classes);
      case "auc" -> new AreaUnderCurve(classes);
      default ->
          throw new UsageException(
              "unknown metric " + name + "; known are loss, accuracy, balanced, f1, auc");
    };
  }
}
