package dev.graft.core.backend;

import java.util.Arrays;

/**
 * Reductions of {@link JavaBackend}. Neighbouring axes of the same kind are merged, which leaves
 * kept and reduced axes in turn; then one of two loops does it: sums along a reduced last axis with
 * {@link Lanes}, or adds whole rows where the last axis is kept.
 */
final class JavaReduce {

  private JavaReduce() {}

  static void reduce(
      Workers workers, ReduceOp op, int[] shape, boolean[] reduced, HostBuffer x, HostBuffer y) {
    int[] sizes = new int[shape.length + 1];
    boolean[] folds = new boolean[shape.length + 1];
    int used = 0;
    long folded = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      if (reduced[axis]) {
        folded *= shape[axis];
      }
      if (shape[axis] == 1) {
        continue;
      }
      if (used > 0 && folds[used - 1] == reduced[axis]) {
        sizes[used - 1] *= shape[axis];
      } else {
        sizes[used] = shape[axis];
        folds[used++] = reduced[axis];
      }
    }
    // A last axis that is kept is a row of its own; without one, rows have length 1.
    boolean rowsKept = used > 0 && !folds[used - 1];
    int inner = used == 0 ? 1 : sizes[used - 1];
    int outer = Math.max(0, used - 1);
    int outputs = 1;
    for (int axis = 0; axis < outer; axis++) {
      outputs *= folds[axis] ? 1 : sizes[axis];
    }
    float scale = op == ReduceOp.MEAN ? (float) (1.0 / folded) : 1;
    boolean mean = op == ReduceOp.MEAN;
    Plan plan = new Plan(sizes, folds, outer, inner);
    int count = outputs;
    long work = (long) plan.repeats() * inner;
    int perChunk = (int) Math.max(1, 16384 / Math.max(1, work));
    workers.forEach(
        (count + perChunk - 1) / perChunk,
        chunk -> {
          int end = Math.min(count, (chunk + 1) * perChunk);
          for (int output = chunk * perChunk; output < end; output++) {
            if (rowsKept) {
              plan.foldRows(op, output, x, y);
            } else {
              y.array()[y.offset() + output] = plan.foldAll(op, output, x);
            }
          }
          if (mean) {
            int width = rowsKept ? inner : 1;
            int from = y.offset() + chunk * perChunk * width;
            for (int i = from; i < y.offset() + end * width; i++) {
              y.array()[i] *= scale;
            }
          }
        });
  }

  /** Merged axes: the first {@code outer} of {@code sizes}, then one of {@code inner} elements. */
  private record Plan(int[] sizes, boolean[] folds, int outer, int inner) {

    /** How many inner rows are folded into one output (row). */
    int repeats() {
      int repeats = 1;
      for (int axis = 0; axis < outer; axis++) {
        repeats *= folds[axis] ? sizes[axis] : 1;
      }
      return repeats;
    }

    /** Start of inner row {@code repeat} of output {@code output}. */
    private int start(int output, int repeat) {
      int position = 0;
      int stride = inner;
      for (int axis = outer - 1; axis >= 0; axis--) {
        int index;
        if (folds[axis]) {
          index = repeat % sizes[axis];
          repeat /= sizes[axis];
        } else {
          index = output % sizes[axis];
          output /= sizes[axis];
        }
        position += index * stride;
        stride *= sizes[axis];
      }
      return position;
    }

    /** One output: rows are summed in lanes, row sums in order and in double. */
    float foldAll(ReduceOp op, int output, HostBuffer x) {
      int repeats = repeats();
      if (op == ReduceOp.MAX) {
        float max = Float.NEGATIVE_INFINITY;
        for (int repeat = 0; repeat < repeats; repeat++) {
          int from = x.offset() + start(output, repeat);
          max = Math.max(max, Lanes.max(x.array(), from, inner));
        }
        return max;
      }
      double sum = 0;
      for (int repeat = 0; repeat < repeats; repeat++) {
        sum += Lanes.sum(x.array(), x.offset() + start(output, repeat), inner);
      }
      return (float) sum;
    }

    /** One row of outputs: rows of x are added or compared to it in order. */
    void foldRows(ReduceOp op, int output, HostBuffer x, HostBuffer y) {
      float[] from = x.array();
      float[] to = y.array();
      int yo = y.offset() + output * inner;
      Arrays.fill(to, yo, yo + inner, op == ReduceOp.MAX ? Float.NEGATIVE_INFINITY : 0);
      int repeats = repeats();
      for (int repeat = 0; repeat < repeats; repeat++) {
        int xo = x.offset() + start(output, repeat);
        if (op == ReduceOp.MAX) {
          for (int i = 0; i < inner; i++) {
            to[yo + i] = Math.max(to[yo + i], from[xo + i]);
          }
        } else {
          for (int i = 0; i < inner; i++) {
            to[yo + i] += from[xo + i];
          }
        }
      }
    }
  }
}
