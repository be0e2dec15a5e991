package dev.graft.core.train;

import dev.graft.core.graph.Weights;
import java.util.Locale;

/**
 * The best state of a run by its validation loss, or by what was chosen instead, over all its
 * phases.
 *
 * @param validation its metrics
 * @param epoch its number over all phases, from 1; 0 for the state before training
 * @param average what mean of weights it is, or that they were solved for, for people; empty where
 *     training passed through it
 * @param weights every tensor that training may have changed by then
 */
public record Best(Metrics validation, int epoch, String average, Weights weights) {

  /**
   * A line for people on weights that were tried beside training.
   *
   * @param what they are, as {@link Trainer#consider} was told
   * @param tried how they validate
   */
  public String beside(String what, Metrics tried) {
    String score =
        tried.scores().isEmpty()
            ? ""
            : ", " + tried.scores().get(0).name() + " " + tried.scores().get(0).text();
    return String.format(
        Locale.ROOT,
        "%s: validation loss %.4f%s, %s",
        what,
        tried.loss(),
        score,
        average.equals(what) ? "the best so far" : "not better than the best so far");
  }
}
