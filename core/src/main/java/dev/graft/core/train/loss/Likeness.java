package dev.graft.core.train.loss;

/**
 * What makes a student like its teacher: how far the student's logits are from the teacher's. An
 * open set.
 */
@FunctionalInterface
public interface Likeness {

  /**
   * Adds the distance to a network.
   *
   * @param student the student's logits, {@code [N,K]}
   * @param teacher the teacher's, {@code [N,K]}
   * @return the value that holds it, a scalar, averaged over the batch
   */
  String behind(LossGraph network, String student, String teacher);
}
