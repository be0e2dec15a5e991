package dev.graft.core.train;

import java.util.List;

/**
 * Parameters that are trained alike.
 *
 * @param parameters names of the parameters
 * @param rateFactor multiplies the learning rate; a factor of 0 freezes, see {@link #isFrozen()}
 * @param weightDecay decay per step and unit of rate
 */
public record ParamGroup(List<String> parameters, double rateFactor, double weightDecay) {

  /**
   * @throws IllegalArgumentException if a number is negative or not finite
   */
  public ParamGroup {
    parameters = List.copyOf(parameters);
    if (!(rateFactor >= 0 && rateFactor < Double.POSITIVE_INFINITY)
        || !(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a learning-rate factor and a weight decay must be at least 0, found "
              + rateFactor
              + " and "
              + weightDecay);
    }
  }

  /** Whether this group is not trained at all: no gradient is computed for it. */
  public boolean isFrozen() {
    return rateFactor == 0;
  }
}
