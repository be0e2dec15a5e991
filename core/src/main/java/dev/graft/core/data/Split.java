package dev.graft.core.data;

import java.util.List;

/**
 * Data to learn from and data of the same kind to measure on.
 *
 * @param <D> the kind: a {@link Dataset}, or pictures
 * @param training to learn from
 * @param validation to measure on; never learnt from
 * @param notes what should be told of how they were found, a line each: files that were ignored,
 *     classes that nothing is measured of
 */
public record Split<D>(D training, D validation, List<String> notes) {

  public Split {
    notes = List.copyOf(notes);
  }

  /** A split of which there is nothing to tell. */
  public Split(D training, D validation) {
    this(training, validation, List.of());
  }
}
