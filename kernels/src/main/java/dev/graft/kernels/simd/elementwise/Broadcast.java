package dev.graft.kernels.simd.elementwise;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.layout.StridedBox;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;

/**
 * Functions of two operands with broadcasting. After neighbouring axes are joined, what is left of
 * the layouts that networks have is long runs in which an operand is read densely or is one number:
 * equal shapes, a scalar, a number a channel, a row for all rows.
 */
public final class Broadcast {

  /** Runs shorter than this leave vectors mostly empty. */
  private static final int SHORTEST = 8;

  private Broadcast() {}

  /** Whether {@link #run} has vectors for this function and these layouts. */
  public static boolean suits(BinaryOp op, StridedBox box) {
    int count = box.count();
    return count > 0
        && op.compareTo(BinaryOp.DIV) <= 0
        && (box.run() >= SHORTEST || box.run() == count)
        && (box.step(0) | box.step(1)) <= 1
        && (box.step(0) | box.step(1)) >= 0;
  }

  public static void run(
      Workers workers, BinaryOp op, StridedBox box, HostBuffer a, HostBuffer b, HostBuffer y) {
    int run = box.run();
    int runs = box.count() / run;
    if (runs == 1) {
      Spans.forEach(workers, run, (from, count) -> part(op, box, 0, from, count, a, b, y));
    } else {
      Spans.forRows(
          workers,
          runs,
          run,
          (first, count) -> {
            for (int number = first; number < first + count; number++) {
              part(op, box, number, 0, run, a, b, y);
            }
          });
    }
  }

  private static void part(
      BinaryOp op,
      StridedBox box,
      int number,
      int from,
      int n,
      HostBuffer a,
      HostBuffer b,
      HostBuffer y) {
    int ao = a.offset() + box.offset(0, number) + from * box.step(0);
    int bo = b.offset() + box.offset(1, number) + from * box.step(1);
    int yo = y.offset() + number * box.run() + from;
    if (box.step(0) == 0 && box.step(1) == 0) {
      float value = op.value(a.array()[ao], b.array()[bo]);
      Arrays.fill(y.array(), yo, yo + n, value);
    } else if (box.step(0) == 0) {
      withNumber(op, n, a.array()[ao], b.array(), bo, y.array(), yo);
    } else if (box.step(1) == 0) {
      withNumber(op, n, a.array(), ao, b.array()[bo], y.array(), yo);
    } else {
      dense(op, n, a.array(), ao, b.array(), bo, y.array(), yo);
    }
  }

  private static void dense(
      BinaryOp op, int n, float[] a, int ao, float[] b, int bo, float[] y, int yo) {
    switch (op) {
      case ADD -> Arithmetic.add(n, a, ao, b, bo, y, yo);
      case SUB -> Arithmetic.subtract(n, a, ao, b, bo, y, yo);
      case MUL -> Arithmetic.multiply(n, a, ao, b, bo, y, yo);
      case DIV -> Arithmetic.divide(n, a, ao, b, bo, y, yo);
      default -> throw unsuited(op);
    }
  }

  private static void withNumber(
      BinaryOp op, int n, float[] a, int ao, float b, float[] y, int yo) {
    switch (op) {
      case ADD -> Arithmetic.add(n, a, ao, b, y, yo);
      case SUB -> Arithmetic.add(n, a, ao, -b, y, yo);
      case MUL -> Arithmetic.multiply(n, a, ao, b, y, yo);
      case DIV -> Arithmetic.divide(n, a, ao, b, y, yo);
      default -> throw unsuited(op);
    }
  }

  private static void withNumber(
      BinaryOp op, int n, float a, float[] b, int bo, float[] y, int yo) {
    switch (op) {
      case ADD -> Arithmetic.add(n, b, bo, a, y, yo);
      case SUB -> Arithmetic.subtract(n, a, b, bo, y, yo);
      case MUL -> Arithmetic.multiply(n, b, bo, a, y, yo);
      case DIV -> Arithmetic.divide(n, a, b, bo, y, yo);
      default -> throw unsuited(op);
    }
  }

  private static IllegalArgumentException unsuited(BinaryOp op) {
    return new IllegalArgumentException("no vectors for " + op);
  }
}
