package dev.graft.core.train;

import dev.graft.core.tensor.Tensor;

/**
 * Loss and accuracy over a set of examples.
 *
 * @param loss mean over the examples
 * @param accuracy share of the labelled examples whose largest logit is their class; NaN if none is
 *     labelled
 * @param examples their number
 */
public record Metrics(double loss, double accuracy, int examples) {

  /** Adds up batches. */
  public static final class Sum {
    private double loss;
    private int examples;
    private int labelled;
    private int correct;

    /**
     * Adds a batch.
     *
     * @param meanLoss of the batch
     * @param logits {@code [N,K]}, in host memory
     * @param targets {@code [N,K]}; a row of zeros is unlabelled
     */
    public void add(double meanLoss, Tensor logits, Tensor targets) {
      int rows = logits.shape().size(0);
      loss += meanLoss * rows;
      examples += rows;
      int classes = rows == 0 ? 0 : logits.shape().elements() / rows;
      float[] z = logits.host().array();
      float[] t = targets.host().array();
      for (int row = 0; row < rows; row++) {
        int wanted = largest(t, targets.host().offset() + row * classes, classes);
        if (t[targets.host().offset() + row * classes + wanted] > 0) {
          labelled++;
          if (largest(z, logits.host().offset() + row * classes, classes) == wanted) {
            correct++;
          }
        }
      }
    }

    private static int largest(float[] values, int from, int count) {
      int best = 0;
      for (int i = 1; i < count; i++) {
        if (values[from + i] > values[from + best]) {
          best = i;
        }
      }
      return best;
    }

    /** The means so far. */
    public Metrics mean() {
      return new Metrics(
          examples == 0 ? Double.NaN : loss / examples,
          labelled == 0 ? Double.NaN : (double) correct / labelled,
          examples);
    }
  }
}
