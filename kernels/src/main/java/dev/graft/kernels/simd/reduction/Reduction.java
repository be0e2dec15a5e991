package dev.graft.kernels.simd.reduction;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.elementwise.Arithmetic;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;

/**
 * Folds of axes, in the two forms that nearly all of them have once neighbouring axes of a kind are
 * joined: {@code [folded, kept, folded]}, where an output folds runs, and {@code [kept, folded,
 * kept]}, where neighbouring outputs are folded side by side.
 */
public final class Reduction {

  /** Outputs side by side: their sums stay in the level-1 cache. */
  private static final int TILE = 1024;

  /** Narrower than this, vectors side by side stay mostly empty. */
  private static final int NARROWEST = 8;

  /** What is left of the shape; sizes of absent parts are 1. */
  private final int outer;

  private final int middle;
  private final int inner;

  /** Whether the middle is folded, else outer and inner are. */
  private final boolean middleFolded;

  private final boolean suits;

  public Reduction(int[] shape, boolean[] reduced) {
    int a = 1;
    int b = 1;
    int c = 1;
    int parts = 0;
    boolean first = true;
    boolean last = false;
    boolean fits = true;
    for (int axis = 0; axis < shape.length; axis++) {
      fits &= shape[axis] > 0;
      if (shape[axis] == 1) {
        continue;
      }
      if (parts == 0) {
        first = reduced[axis];
        parts = 1;
      } else if (reduced[axis] != last) {
        parts++;
      }
      last = reduced[axis];
      switch (parts) {
        case 1 -> a *= shape[axis];
        case 2 -> b *= shape[axis];
        case 3 -> c *= shape[axis];
        default -> fits = false;
      }
    }
    if (parts == 2) {
      // Kept, folded: nothing is folded before it. Folded, kept: nothing is kept before it.
      outer = 1;
      middle = a;
      inner = b;
      middleFolded = first;
    } else if (parts == 1) {
      outer = 1;
      middle = first ? 1 : a;
      inner = first ? a : 1;
      middleFolded = false;
    } else {
      outer = a;
      middle = b;
      inner = c;
      middleFolded = !first;
    }
    suits = fits && (inner >= NARROWEST || !middleFolded && middle == 1);
  }

  /** Whether {@link #run} is the way; else the folds are short, or interleaved four times. */
  public boolean suits() {
    return suits;
  }

  public void run(Workers workers, ScratchArrays memory, ReduceOp op, HostBuffer x, HostBuffer y) {
    if (middleFolded) {
      columns(workers, memory, op, x, y);
    } else if (op == ReduceOp.MAX) {
      maxima(workers, x, y);
    } else {
      double divisor = op == ReduceOp.MEAN ? (double) outer * inner : 1;
      ChannelSums.sums(workers, memory, outer, middle, inner, divisor, x, y);
    }
  }

  private void maxima(Workers workers, HostBuffer x, HostBuffer y) {
    Spans.forRows(
        workers,
        middle,
        (long) outer * inner,
        (first, count) -> {
          for (int output = first; output < first + count; output++) {
            float largest = Float.NEGATIVE_INFINITY;
            for (int run = 0; run < outer; run++) {
              int at = x.offset() + (run * middle + output) * inner;
              largest = Math.max(largest, LaneMaxima.max(inner, x.array(), at));
            }
            y.array()[y.offset() + output] = largest;
          }
        });
  }

  private void columns(
      Workers workers, ScratchArrays memory, ReduceOp op, HostBuffer x, HostBuffer y) {
    int tiles = Spans.ceil(inner, TILE);
    Spans.forRows(
        workers,
        outer * tiles,
        (long) middle * Math.min(inner, TILE),
        (first, count) -> {
          float[] sums = memory.take(2 * TILE);
          for (int tile = first; tile < first + count; tile++) {
            int from = tile % tiles * TILE;
            int width = Math.min(TILE, inner - from);
            int image = tile / tiles;
            int at = x.offset() + image * middle * inner + from;
            int to = y.offset() + image * inner + from;
            if (op == ReduceOp.MAX) {
              Arrays.fill(y.array(), to, to + width, Float.NEGATIVE_INFINITY);
              for (int row = 0; row < middle; row++) {
                LaneMaxima.max(width, x.array(), at + row * inner, y.array(), to);
              }
            } else {
              sumRows(x.array(), at, width, sums);
              float divisor = op == ReduceOp.MEAN ? middle : 1f;
              Arithmetic.divide(width, sums, TILE, divisor, y.array(), to);
            }
          }
          memory.give(sums);
        });
  }

  /**
   * Sums of columns in {@code sums[TILE…]}. Blocks of about the square root of the number of rows
   * are added first, which rounds least.
   */
  private void sumRows(float[] x, int at, int width, float[] sums) {
    int block = Math.max(256, (int) Math.sqrt(middle) + 1);
    Arrays.fill(sums, TILE, TILE + width, 0f);
    for (int first = 0; first < middle; first += block) {
      int last = Math.min(middle, first + block);
      Arrays.fill(sums, 0, width, 0f);
      int row = first;
      for (; row <= last - 4; row += 4) {
        ColumnSums.addFour(width, x, at + row * inner, inner, sums);
      }
      for (; row < last; row++) {
        Arithmetic.add(width, sums, 0, x, at + row * inner, sums, 0);
      }
      Arithmetic.add(width, sums, TILE, sums, 0, sums, TILE);
    }
  }
}
