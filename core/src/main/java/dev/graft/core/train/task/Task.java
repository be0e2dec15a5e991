package dev.graft.core.train.task;

import dev.graft.core.graph.Model;
import dev.graft.core.train.loss.Loss;
import java.util.List;

/**
 * What is learnt. A data set for it has a field for each input of the model, and the targets of the
 * loss as {@link Loss#TARGET}.
 */
public interface Task {

  /** What each output of the head stands for: a class, a label, a number. They become labels. */
  List<String> labels();

  /** What is minimised, and what is measured beside it. */
  Loss loss();

  /**
   * The model with the end this task wants behind its head, such as a Sigmoid.
   *
   * @throws dev.graft.core.graph.GraphException if it has several outputs
   */
  Model ending(Model model);
}
