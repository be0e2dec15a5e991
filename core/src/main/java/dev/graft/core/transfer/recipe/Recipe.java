package dev.graft.core.transfer.recipe;

import dev.graft.core.graph.Model;
import dev.graft.core.train.Phase;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How much of a network is trained, and in which order: from what has happened so far to the next
 * phase. A recipe keeps no state, so that a run which was stopped goes on by it. Any code can add
 * one.
 */
public interface Recipe {

  /** What the data and the network are worth, decided from what has been trained so far. */
  Recipe AUTO = new AutoRecipe();

  /** The head alone. */
  Recipe HEAD = new HeadRecipe();

  /** The head until it stops improving, then everything: the classic two steps. */
  Recipe STAGED = new StagedRecipe();

  /** The head, then more and more of the network from the top. */
  Recipe GRADUAL = new GradualRecipe();

  /** The head, then everything, each layer at a rate in proportion to its relative gradient. */
  Recipe SURGICAL = new SurgicalRecipe();

  /** Everything from the start, from the given weights. */
  Recipe FULL = new FullRecipe();

  /** Everything from the start, from new random weights: what transfer is measured against. */
  Recipe SCRATCH = new ScratchRecipe();

  /** The recipes that come with Graft. */
  List<Recipe> ALL = List.of(AUTO, HEAD, STAGED, GRADUAL, SURGICAL, FULL, SCRATCH);

  /** Its name in one word, such as {@code staged}. */
  String name();

  /** The phase after those of {@code course}; empty at the end. The same for the same past. */
  Optional<Phase> next(Course course);

  /** Why the phase after those of {@code course} is none; empty where there is nothing to say. */
  default String reason(Course course) {
    return "";
  }

  /** The least number of epochs, at least 1. */
  default int leastEpochs() {
    return 1;
  }

  /**
   * Examples a step where the settings do not say.
   *
   * @param examples that there are to learn from
   */
  default int batchSize(int examples) {
    return 32;
  }

  /**
   * By how many standard errors of the mean difference in loss the head in closed form, see {@link
   * dev.graft.core.transfer.probe.SolvedHead}, may validate worse than the best epoch of the phase
   * that trained the head alone, and yet be taken; empty where it is not tried.
   */
  default OptionalDouble solvedHeadMargin() {
    return OptionalDouble.empty();
  }

  /** The model as training starts. */
  default Model start(Model model, long seed) {
    return model;
  }

  /**
   * One of {@link #ALL} by its name.
   *
   * @throws IllegalArgumentException if the name is unknown
   */
  static Recipe byName(String name) {
    return ALL.stream()
        .filter(recipe -> recipe.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown recipe "
                        + name
                        + "; known are "
                        + String.join(", ", ALL.stream().map(Recipe::name).toList())));
  }
}
