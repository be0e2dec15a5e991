package dev.graft.cli.option;

import dev.graft.core.train.Accumulate;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.ClipNorm;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.Plateau;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How fast weights move, and for how long. */
final class PaceOptions {

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "bound on the epochs of all phases together (default: 20; of auto 60)")
  private @Nullable Integer epochs;

  @Option(
      names = "--lr",
      paramLabel = "X",
      description =
          "learning rate of the first phase; later ones follow from it: with BatchNormalization by what"
              + " the head has left to learn, from all of it down to a tenth, without it a hundredth"
              + " (default: 0.01, less where features are large; for 'full' a tenth or a hundredth of"
              + " that)")
  private @Nullable Double rate;

  @Option(
      names = "--find-lr",
      description =
          "find the rate of the first phase by a range test: a step at each of 100 rates, after which"
              + " the model is as before")
  private boolean findRate;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "pictures a step (default: 32; auto takes fewer where an epoch would have less than 6"
              + " steps, down to 8)")
  private @Nullable Integer batch;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "sgd",
      description = "sgd (momentum 0.9), nesterov, or adamw (default: sgd)")
  private String optimizer;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "constant, cosine, cosine-restarts (three, each twice as long as the one before), one-cycle,"
              + " or plateau (a tenth after two epochs without a lower validation loss), in all"
              + " phases (default: constant for a head, cosine with a"
              + " warm-up of one epoch for the rest)")
  private @Nullable String schedule;

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      defaultValue = "0",
      description = "decay of weights, not of biases and normalisations (default: 0)")
  private double weightDecay;

  @Option(
      names = "--l2sp",
      paramLabel = "A",
      defaultValue = "0",
      description =
          "decay of what lies below the head towards the weights that training starts from"
              + " (default: 0)")
  private double l2sp;

  @Option(
      names = "--clip-norm",
      paramLabel = "X",
      description = "scale the gradients of a step down to this norm (default: as they are)")
  private @Nullable Double clipNorm;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      defaultValue = "1",
      description = "update once in N steps, by the mean of their gradients (default: 1)")
  private int accumulate;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "end a phase after N epochs without a lower validation loss (default: 0, never; the head of"
              + " recipes with several phases 3, the parts of 'gradual' 2)")
  private int patience;

  /** Settings for a recipe at this pace. */
  Settings settings(Recipe recipe) {
    if (patience < 0) {
      throw new UsageException("--patience must be at least 0, found " + patience);
    }
    Settings settings =
        Settings.of(recipe, epochs != null ? epochs : recipe.equals(Recipe.AUTO) ? 60 : 20)
            .weightDecay(weightDecay)
            .l2sp(l2sp)
            .patience(patience)
            .optimizer(namedOptimizer(optimizer));
    if (batch != null) {
      settings = settings.batchSize(batch);
    }
    if (findRate && rate != null) {
      throw new UsageException("--find-lr and --lr exclude each other");
    }
    if (findRate) {
      settings = settings.findRate(true);
    }
    if (rate != null) {
      settings = settings.rate(rate);
    }
    if (accumulate != 1) {
      settings = settings.transform(new Accumulate(accumulate));
    }
    if (clipNorm != null) {
      settings = settings.transform(new ClipNorm(clipNorm));
    }
    return schedule == null ? settings : settings.schedule(namedSchedule(schedule));
  }

  private static Supplier<Optimizer> namedOptimizer(String name) {
    return switch (name) {
      case "sgd" -> () -> new Sgd(0.9, false);
      case "nesterov" -> () -> new Sgd(0.9, true);
      case "adamw" -> AdamW::new;
      default ->
          throw new UsageException(
              "unknown optimizer " + name + "; known are sgd, nesterov, adamw");
    };
  }

  private static Schedule namedSchedule(String name) {
    return switch (name) {
      case "constant" -> Schedule.constant();
      case "cosine" -> Schedule.cosine();
      case "cosine-restarts" -> Schedule.cosineRestarts(3);
      case "one-cycle" -> Schedule.oneCycle();
      case "plateau" -> new Plateau(0.1, 2);
      default ->
          throw new UsageException(
              "unknown schedule "
                  + name
                  + "; known are constant, cosine, cosine-restarts, one-cycle, plateau");
    };
  }
}
