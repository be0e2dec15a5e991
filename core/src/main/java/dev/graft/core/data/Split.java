package dev.graft.core.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Data to learn from and data of the same kind to measure on.
 *
 * @param <D> the kind: a {@link Dataset}, or pictures
 * @param training to learn from
 * @param validation to choose the best epoch by; never learnt from
 * @param test to be read once, at the end, when nothing is left to choose; null if there is none
 * @param notes what should be told of how they were found, a line each: files that were ignored,
 *     classes that nothing is measured of
 */
public record Split<D>(D training, D validation, @Nullable D test, List<String> notes) {

  public Split {
    notes = List.copyOf(notes);
  }

  /** A split without a test of which there is nothing to tell. */
  public Split(D training, D validation) {
    this(training, validation, null, List.of());
  }
}
