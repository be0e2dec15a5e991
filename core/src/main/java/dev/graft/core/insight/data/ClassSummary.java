package dev.graft.core.insight.data;

import java.util.List;

/**
 * What there is of a class.
 *
 * @param name of the class
 * @param training how many of its pictures can be read to learn from, each copy counted once
 * @param validation how many files there are to validate on
 * @param test how many files there are to test on
 * @param isSmall whether there are too few to learn from
 * @param traits how its pictures differ from those of the other classes by their looks
 */
public record ClassSummary(
    String name, int training, int validation, int test, boolean isSmall, List<Trait> traits) {

  public ClassSummary {
    traits = List.copyOf(traits);
  }
}
