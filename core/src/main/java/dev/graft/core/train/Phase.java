package dev.graft.core.train;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One stretch of training with fixed settings.
 *
 * @param name such as {@code head}
 * @param groups what is trained, and how; parameters in no group are frozen
 * @param optimizer fresh, its state is this phase's
 * @param rate learning rate before schedule and group factors
 * @param schedule over the steps of the phase
 * @param epochs at most this many, at least 1
 * @param stopping ends the phase early; null to train all epochs
 * @param transforms what gradients pass in this phase, before those of the run
 * @param reason why this phase, for people; empty where there is nothing to say
 */
public record Phase(
    String name,
    List<ParamGroup> groups,
    Optimizer optimizer,
    double rate,
    Schedule schedule,
    int epochs,
    @Nullable EarlyStopping stopping,
    List<GradientTransform> transforms,
    String reason) {

  /**
   * @throws IllegalArgumentException if the rate is not a positive number or there are no epochs
   */
  public Phase {
    groups = List.copyOf(groups);
    transforms = List.copyOf(transforms);
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the learning rate must be above 0, found " + rate);
    }
    if (epochs < 1) {
      throw new IllegalArgumentException("a phase needs at least 1 epoch, found " + epochs);
    }
  }

  /** A phase of which there is nothing more to say. */
  public Phase(
      String name,
      List<ParamGroup> groups,
      Optimizer optimizer,
      double rate,
      Schedule schedule,
      int epochs,
      @Nullable EarlyStopping stopping) {
    this(name, groups, optimizer, rate, schedule, epochs, stopping, List.of(), "");
  }

  /** This phase with the reason for it, in a few words. */
  public Phase because(String why) {
    return new Phase(name, groups, optimizer, rate, schedule, epochs, stopping, transforms, why);
  }

  /** The same phase at another rate, with an optimizer that has gathered nothing yet. */
  public Phase at(double rate, Optimizer fresh) {
    return new Phase(name, groups, fresh, rate, schedule, epochs, stopping, transforms, reason);
  }

  /** This phase with one more transform of its gradients, behind those it has. */
  public Phase with(GradientTransform transform) {
    List<GradientTransform> all = Stream.concat(transforms.stream(), Stream.of(transform)).toList();
    return new Phase(name, groups, optimizer, rate, schedule, epochs, stopping, all, reason);
  }

  /** Names of the parameters whose gradients are wanted. */
  public Set<String> trainable() {
    Set<String> names = new LinkedHashSet<>();
    groups.stream().filter(g -> !g.isFrozen()).forEach(g -> names.addAll(g.parameters()));
    return names;
  }
}
