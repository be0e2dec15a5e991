package dev.graft.core.transfer.surgery;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Shape;
import java.util.List;

/** Whether a model's head is replaced before it is trained on some classes. */
public enum HeadChoice {
  /** Kept where the model's labels are these classes, replaced otherwise. */
  AUTO,
  /** Replaced in any case. */
  NEW,
  /** Kept; the classes become the model's labels if it has none. */
  KEEP,
  /** A new one is put behind the output, which is taken for features. */
  APPEND;

  /**
   * The model with a head for {@code classes}.
   *
   * @param seed of a new head's weights
   * @throws GraphException if the head is to be kept but does not fit the classes, or is to be
   *     replaced and cannot be told from the last layer of a feature extractor
   */
  public Model apply(Model model, List<String> classes, long seed) {
    if (this == APPEND) {
      return Surgery.appendHead(model, classes, seed);
    }
    if (replaces(model, classes)) {
      expectClassifier(model);
      return Surgery.replaceHead(model, classes, seed);
    }
    List<String> labels = model.metadata().labels();
    int outputs = model.graph().outputSize();
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

  private boolean replaces(Model model, List<String> classes) {
    // A single sigmoid has two labels, and training wants an output for each.
    boolean isTheSame =
        this == AUTO
            && model.metadata().labels().equals(classes)
            && model.graph().outputSize() == classes.size();
    return this == NEW || (this == AUTO && !isTheSame);
  }

  /** The last convolution of a backbone is worth keeping. */
  private static void expectClassifier(Model model) {
    if (model.metadata().head() != null) {
      return;
    }
    Head head = model.head();
    if (head.isDoubtful(model.graph(), model.metadata().labels().size())) {
      throw new GraphException(
          "the model looks like a feature extractor without a classifier: its last layer is the"
              + " convolution "
              + head.layer().name()
              + " with "
              + head.units(model.graph())
              + " channels; "
              + Head.REMEDY);
    }
  }

  /**
   * What {@link #apply} does, in a line: which layer it replaces, and what its shape was.
   *
   * @throws GraphException as {@link #apply}
   */
  public String note(Model model, List<String> classes) {
    Graph graph = model.graph();
    if (this == APPEND) {
      Shape features = graph.shapes(1).get(graph.output());
      return "a new head of "
          + classes.size()
          + " classes behind "
          + graph.output()
          + " "
          + features;
    }
    if (!replaces(model, classes)) {
      return "the head is kept";
    }
    expectClassifier(model);
    Head head = model.head();
    Shape weight = graph.stored().get(head.layer().inputs().get(1));
    return "a new head of "
        + classes.size()
        + " classes replaces "
        + head.layer().name()
        + " ("
        + head.layer().op().type()
        + ", weight "
        + weight
        + ")";
  }
}
