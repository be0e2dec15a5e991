package dev.graft.cli.demo;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.assess.Evaluation;
import java.util.List;

/**
 * The animals learnt once in one way.
 *
 * @param seed of the drawings to learn from, and of everything random
 * @param model what came of it
 * @param epochs how it went
 * @param evaluation on drawings that were looked at for nothing else
 * @param seconds that the training took
 */
record Attempt(
    Way way,
    int seed,
    Model model,
    List<TrainEvent.Epoch> epochs,
    Evaluation evaluation,
    double seconds) {

  Attempt {
    epochs = List.copyOf(epochs);
  }

  /** The share of the drawings that it told right, in per cent. */
  double accuracy() {
    return 100 * evaluation.confusion().accuracy();
  }

  /** Number of the parameters that were trained. */
  long trained() {
    if (way != Way.HEAD) {
      return model.graph().stored(Role.PARAMETER).stream()
          .mapToLong(name -> model.weights().get(name).shape().elements())
          .sum();
    }
    return model.head().layer().inputs().stream()
        .filter(name -> model.graph().stored().containsKey(name))
        .mapToLong(name -> model.weights().get(name).shape().elements())
        .sum();
  }
}
