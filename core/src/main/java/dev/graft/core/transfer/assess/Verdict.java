package dev.graft.core.transfer.assess;

/**
 * What a classifier said of one picture whose class is known.
 *
 * @param picture its number among the pictures that were measured
 * @param wanted number of its class, of the model's classes
 * @param said number of the class that was thought most probable
 * @param confidence the probability of that class
 */
public record Verdict(int picture, int wanted, int said, double confidence) {

  /** Whether the class is the right one. */
  public boolean isRight() {
    return wanted == said;
  }
}
