package dev.graft.core.rewrite;

import dev.graft.core.graph.Model;
import java.util.List;

/**
 * A model and what was changed in it.
 *
 * @param model that computes what the one before did
 * @param notes what was done, one line each for people; empty where nothing was
 */
public record Rewritten(Model model, List<String> notes) {

  public Rewritten {
    notes = List.copyOf(notes);
  }

  /** Nothing was done. */
  static Rewritten unchanged(Model model) {
    return new Rewritten(model, List.of());
  }
}
