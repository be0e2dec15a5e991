package dev.graft.core.rewrite;

import dev.graft.core.graph.Model;
import java.util.ArrayList;
import java.util.List;

/**
 * A change of a model that leaves what it computes, its inputs and outputs as they are. Parameters
 * keep their names and numbers, though one that is broadcast may have its axes in another order,
 * and nodes that stay keep their names.
 */
public interface Rewrite {

  /** The model after the change; the same object where there is nothing to change. */
  Rewritten apply(Model model);

  /** Several changes, one after the other. */
  static Rewrite inOrder(List<Rewrite> rewrites) {
    return model -> {
      Model changed = model;
      List<String> notes = new ArrayList<>();
      for (Rewrite rewrite : rewrites) {
        Rewritten result = rewrite.apply(changed);
        changed = result.model();
        notes.addAll(result.notes());
      }
      return new Rewritten(changed, notes);
    };
  }
}
