package dev.graft.cli.option;

import dev.graft.core.graph.Model;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which layers are trained, and which of them at a pace of their own. */
public final class LayerOptions {

  @Option(
      names = "--freeze",
      paramLabel = "PATTERN",
      description =
          "layers that stay as they are: a prefix, or a name with * and ?; may be repeated")
  private List<String> freeze = List.of();

  @Option(
      names = "--unfreeze",
      description = "train what the model's file says stays as it is, too ('inspect' shows it)")
  private boolean unfreeze;

  @Option(
      names = "--lr-factor",
      paramLabel = "PATTERN=F",
      description = "train these layers at F times the rate; may be repeated")
  private Map<String, Double> factors = new LinkedHashMap<>();

  @Option(
      names = "--layer-decay",
      paramLabel = "D",
      defaultValue = "1",
      description =
          "slow blocks down with their distance from the head: each at D times the rate of the one"
              + " above, as 0.8 (default: 1, all alike)")
  private double layerDecay;

  @Option(
      names = "--batch-norm",
      paramLabel = "NAME",
      defaultValue = "train",
      description =
          "train: BatchNormalization learns where its layers do; frozen: it stays as it is, running"
              + " statistics too (default: train)")
  private String batchNorm;

  /** What is frozen by name. */
  public FreezeMask mask() {
    FreezeMask mask = FreezeMask.NONE;
    for (String pattern : freeze) {
      mask = mask.and(FreezeMask.matching(pattern));
    }
    return mask;
  }

  /** Settings with what these options say of layers. */
  Settings applied(Settings given) {
    Settings settings = given.layerDecay(layerDecay);
    if (freezesNormalization(batchNorm)) {
      settings = settings.freeze(FreezeMask.normalizations());
    }
    settings = settings.freeze(mask());
    for (Map.Entry<String, Double> factor : factors.entrySet()) {
      settings = settings.rateFactor(factor.getKey(), factor.getValue());
    }
    return settings;
  }

  /** What the file of a model freezes, but for its head, unless that is not wanted. */
  public Set<String> frozen(Model model) {
    Set<String> frozen = new LinkedHashSet<>(unfreeze ? Set.of() : model.frozen());
    if (!frozen.isEmpty()) {
      frozen.removeAll(FreezeMask.allBut(model.head()).trainable(model.graph()));
    }
    return frozen;
  }

  private static boolean freezesNormalization(String name) {
    return switch (name) {
      case "train" -> false;
      case "frozen" -> true;
      default -> throw new UsageException("--batch-norm expects train or frozen, found " + name);
    };
  }
}
