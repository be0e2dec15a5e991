package dev.graft.core.op;

import dev.graft.core.backend.Rng;
import dev.graft.core.tensor.Shape;

/** How the elements of a test input are drawn. Each kind keeps away from what it would break on. */
enum Values {
  /** Uniform in [-1, 1): for functions that are smooth everywhere. */
  SIGNED {
    @Override
    double[] draw(Shape shape, long key) {
      double[] values = new double[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = 2 * Rng.uniformDouble(key, i) - 1;
      }
      return values;
    }
  },
  /** Uniform in [0.5, 2): for denominators and variances. */
  POSITIVE {
    @Override
    double[] draw(Shape shape, long key) {
      double[] values = new double[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = 0.5 + 1.5 * Rng.uniformDouble(key, i);
      }
      return values;
    }
  },
  /**
   * A shuffle of {@code 0.1 (k + 1/2)} around 0: any two elements, and any element and a multiple
   * of 0.1, are 0.05 apart or more. For functions with a kink there, or that pick the largest.
   */
  DISTINCT {
    @Override
    double[] draw(Shape shape, long key) {
      int[] order = Rng.permutation(key, shape.elements());
      double[] values = new double[order.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = 0.1 * (order[i] - order.length / 2 + 0.5);
      }
      return values;
    }
  },
  /** Positive, with rows along the last axis that add up to 1: targets of a classification. */
  DISTRIBUTIONS {
    @Override
    double[] draw(Shape shape, long key) {
      double[] values = POSITIVE.draw(shape, key);
      int classes = shape.size(-1);
      for (int row = 0; row < values.length; row += classes) {
        double sum = 0;
        for (int k = 0; k < classes; k++) {
          sum += values[row + k];
        }
        for (int k = 0; k < classes; k++) {
          values[row + k] /= sum;
        }
      }
      return values;
    }
  },
  /** Whole numbers from -2 to 1: positions along an axis of size 2 or more, also from its end. */
  POSITIONS {
    @Override
    double[] draw(Shape shape, long key) {
      double[] values = new double[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = Rng.below(key, i, 4) - 2;
      }
      return values;
    }
  },
  /** 1 for true and 0 for false. */
  TRUTHS {
    @Override
    double[] draw(Shape shape, long key) {
      double[] values = new double[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = Rng.below(key, i, 2);
      }
      return values;
    }
  },
  /** Numbers of classes from 0 to 2, and -1 for unlabelled. */
  CLASSES {
    @Override
    double[] draw(Shape shape, long key) {
      double[] values = new double[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = Rng.below(key, i, 4) - 1;
      }
      return values;
    }
  };

  abstract double[] draw(Shape shape, long key);
}
