package dev.graft.cli.option;

import dev.graft.core.transfer.average.AverageKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is done to a model behind training. */
public final class FinishOptions {

  @Option(
      names = "--average",
      paramLabel = "NAME",
      description =
          "try averages of weights behind each phase, with BatchNormalization measured anew, and keep"
              + " one where it validates better: ema, over about an epoch; swa, of the epochs of the"
              + " second half; wise-ft, between the start and the end of a phase behind the head; may"
              + " be repeated (default: none)")
  private List<String> averages = List.of();

  @Option(
      names = "--calibrate",
      description =
          "divide the logits by the one number that makes probabilities worth what they say on the"
              + " pictures that validate; no prediction changes")
  private boolean calibrate;

  @Option(
      names = "--reject",
      paramLabel = "SHARE",
      description =
          "let the model say 'unknown' of what is unlike its pictures, at the threshold that this"
              + " share of the pictures that validate would fall under, as 0.05 (default: never)")
  private @Nullable Double reject;

  /** What is averaged. */
  List<AverageKind> averages() {
    return averages.stream().map(AverageKind::byName).toList();
  }

  /** Whether probabilities are calibrated. */
  public boolean calibrate() {
    return calibrate;
  }

  /** The share of known pictures that may be rejected; null where nothing is. */
  public @Nullable Double reject() {
    if (reject != null && !(reject > 0 && reject < 1)) {
      throw new UsageException("--reject expects a share in (0, 1), found " + reject);
    }
    return reject;
  }
}
