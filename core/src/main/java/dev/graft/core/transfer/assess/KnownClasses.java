package dev.graft.core.transfer.assess;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The classes of data among those that a model tells apart.
 *
 * @param names what the model's classes are called
 * @param numbers for each class of the data, its number there
 */
record KnownClasses(List<String> names, List<Integer> numbers) {

  /** A thousand names make no clear line. */
  private static final int SHOWN = 12;

  /**
   * By their names; of a model without labels in their order.
   *
   * @throws GraphException if the model does not tell them apart
   */
  static KnownClasses of(Model model, List<String> classes) {
    Graph graph = model.graph();
    OutputMeaning.Kind kind = OutputMeaning.of(graph).kind();
    int outputs = graph.outputSize();
    List<String> labels = model.metadata().labels();
    boolean isClassifier =
        outputs == 1
            ? kind == OutputMeaning.Kind.LABELS || labels.size() == 2
            : kind == OutputMeaning.Kind.CLASSES || kind == OutputMeaning.Kind.LOGITS;
    if (!isClassifier) {
      throw new GraphException(
          "the output "
              + graph.output()
              + " does not tell classes apart, of which one applies; only such a model can be"
              + " measured on class folders");
    }
    int known = Math.max(2, outputs);
    if (labels.size() != known) {
      return inOrder(classes, known);
    }
    List<String> unknown = classes.stream().filter(name -> !labels.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new GraphException(
          "the model knows no class "
              + shown(unknown)
              + "; it tells apart "
              + shown(labels)
              + "; name the folders so, or train it on this data first");
    }
    return new KnownClasses(labels, classes.stream().map(labels::indexOf).toList());
  }

  private static KnownClasses inOrder(List<String> classes, int known) {
    if (classes.size() != known) {
      throw new GraphException(
          "the model tells "
              + known
              + " classes apart and does not say which; the data has "
              + classes.size()
              + ": "
              + shown(classes));
    }
    return new KnownClasses(classes, IntStream.range(0, known).boxed().toList());
  }

  private static String shown(List<String> names) {
    String text = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
    return names.size() > SHOWN ? text + ", … (" + names.size() + " in all)" : text;
  }

  /** The model's number of a class of the data. */
  int number(int label) {
    return numbers.get(label);
  }
}
