package dev.graft.core.text.normalize;

import java.util.List;

/**
 * Several normalizers, one after the other ({@code Sequence}).
 *
 * @param steps in order
 */
public record Normalizers(List<Normalizer> steps) implements Normalizer {

  public Normalizers {
    steps = List.copyOf(steps);
  }

  @Override
  public String normalize(String text) {
    String changed = text;
    for (Normalizer step : steps) {
      changed = step.normalize(changed);
    }
    return changed;
  }
}
