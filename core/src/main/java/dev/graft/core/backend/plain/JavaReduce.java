package dev.graft.core.backend.plain;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * Folds of axes. Elements are added into lanes, one a column of a tile, at most {@link #BLOCK} to a
 * lane before it is emptied into a sum in double: the tree depends on the shape alone, and its
 * error is that of a blocked sum.
 */
final class JavaReduce {

  /** Additions to one lane before it is emptied. */
  private static final int BLOCK = 256;

  private JavaReduce() {}

  static void run(
      Workers workers,
      Scratch.Pool pool,
      ReduceOp op,
      int[] shape,
      boolean[] reduced,
      HostBuffer x,
      HostBuffer y) {
    int[] strides = Strided.dense(shape);
    Strided folded = new Strided(sizes(shape, reduced, true), strides);
    Strided kept = new Strided(sizes(shape, reduced, false), strides);
    int outputs = kept.count();
    int each = folded.count();
    if (outputs == 0) {
      return;
    }
    if (each == 0) {
      Arrays.fill(y.array(), y.offset(), y.offset() + outputs, (float) finish(op, start(op), 0));
      return;
    }
    // Whether neighbouring elements belong to one output, or to neighbouring outputs.
    boolean within = each > 1 && folded.strides[0][folded.shape.length - 1] == 1;
    if (within || outputs == 1) {
      int perChunk = Math.max(1, JavaElementwise.CHUNK / each);
      workers.forEach(
          RowProducts.ceil(outputs, perChunk),
          chunk -> {
            Scratch scratch = pool.take();
            int last = Math.min(outputs, (chunk + 1) * perChunk);
            for (int output = chunk * perChunk; output < last; output++) {
              int base = x.offset() + element(kept, output);
              double value = fold(op, folded, x.array(), base, scratch);
              y.array()[y.offset() + output] = (float) finish(op, value, each);
            }
            pool.give(scratch);
          });
    } else {
      columns(workers, pool, op, folded, kept, x, y);
    }
  }

  /** The shape with the axes of the other kind made 1. */
  private static int[] sizes(int[] shape, boolean[] reduced, boolean wanted) {
    int[] sizes = shape.clone();
    for (int axis = 0; axis < shape.length; axis++) {
      if (reduced[axis] != wanted) {
        sizes[axis] = 1;
      }
    }
    return sizes;
  }

  private static int element(Strided box, int index) {
    int run = box.run();
    return box.offset(0, index / run) + index % run * box.strides[0][box.shape.length - 1];
  }

  private static double start(ReduceOp op) {
    return op == ReduceOp.MAX ? Double.NEGATIVE_INFINITY : 0;
  }

  private static double finish(ReduceOp op, double value, int count) {
    return op == ReduceOp.MEAN ? value / count : value;
  }

  /** Folds one output whose elements lie side by side. */
  private static double fold(ReduceOp op, Strided box, float[] x, int base, Scratch scratch) {
    int count = box.count();
    int lanes = Math.min(Scratch.TILE, count);
    float[] sums = scratch.tiles[0];
    float[] row = scratch.tiles[1];
    double total = start(op);
    int filled = 0;
    Arrays.fill(sums, 0, lanes, (float) start(op));
    for (int from = 0; from < count; from += lanes) {
      int width = Math.min(lanes, count - from);
      box.gather(0, x, base, from, width, row);
      combine(op, sums, row, width);
      if (++filled == BLOCK) {
        total = empty(op, sums, lanes, total);
        filled = 0;
      }
    }
    return filled == 0 ? total : empty(op, sums, lanes, total);
  }

  private static double empty(ReduceOp op, float[] sums, int lanes, double total) {
    if (op == ReduceOp.MAX) {
      return Math.max(total, Lanes.max(sums, lanes));
    }
    total += Lanes.sum(sums, lanes);
    Arrays.fill(sums, 0, lanes, 0f);
    return total;
  }

  private static void combine(ReduceOp op, float[] sums, float[] row, int width) {
    if (op == ReduceOp.MAX) {
      Lanes.max(sums, row, width);
    } else {
      Lanes.add(sums, row, width);
    }
  }

  /** Folds tiles of neighbouring outputs, one of their elements after the other. */
  private static void columns(
      Workers workers,
      Scratch.Pool pool,
      ReduceOp op,
      Strided folded,
      Strided kept,
      HostBuffer x,
      HostBuffer y) {
    int outputs = kept.count();
    int each = folded.count();
    workers.forEach(
        RowProducts.ceil(outputs, Scratch.TILE),
        tile -> {
          Scratch scratch = pool.take();
          int from = tile * Scratch.TILE;
          int width = Math.min(Scratch.TILE, outputs - from);
          double[] totals = scratch.totals;
          Arrays.fill(totals, 0, width, start(op));
          float[] sums = scratch.tiles[0];
          float[] row = scratch.tiles[1];
          for (int first = 0; first < each; first += BLOCK) {
            Arrays.fill(sums, 0, width, (float) start(op));
            int last = Math.min(each, first + BLOCK);
            for (int element = first; element < last; element++) {
              int base = x.offset() + element(folded, element);
              kept.gather(0, x.array(), base, from, width, row);
              combine(op, sums, row, width);
            }
            for (int j = 0; j < width; j++) {
              totals[j] = op == ReduceOp.MAX ? Math.max(totals[j], sums[j]) : totals[j] + sums[j];
            }
          }
          for (int j = 0; j < width; j++) {
            y.array()[y.offset() + from + j] = (float) finish(op, totals[j], each);
          }
          pool.give(scratch);
        });
  }
}
