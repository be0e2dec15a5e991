package dev.graft.core.transfer;

import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import java.util.List;

/** Whether a model's head is replaced before it is trained on some classes. */
public enum HeadChoice {
  /** Kept where the model's labels are these classes, replaced otherwise. */
  AUTO,
  /** Replaced in any case. */
  NEW,
  /** Kept; the classes become the model's labels if it has none. */
  KEEP;

  /**
   * The model with a head for {@code classes}.
   *
   * @param seed of a new head's weights
   * @throws GraphException if the head is to be kept but does not fit the classes
   */
  public Model apply(Model model, List<String> classes, long seed) {
    List<String> labels = model.metadata().labels();
    if (this == NEW) {
      return Surgery.replaceHead(model, classes, seed);
    }
    int outputs = model.graph().outputSize();
    // A single sigmoid has two labels, and training wants an output for each.
    boolean isTheSame = labels.equals(classes) && outputs == classes.size();
    if (this == AUTO && !isTheSame) {
      return Surgery.replaceHead(model, classes, seed);
    }
    if (outputs != classes.size() || (!labels.isEmpty() && !labels.equals(classes))) {
      throw new GraphException(
          "the head has "
              + outputs
              + " outputs"
              + (labels.isEmpty() ? "" : " with labels of its own")
              + ", the data "
              + classes.size()
              + " classes; use a new head");
    }
    return model.with(model.metadata().withLabels(classes));
  }
}
