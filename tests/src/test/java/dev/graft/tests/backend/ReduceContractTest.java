package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.Rng;
import java.util.Arrays;

/** Sums, means and maxima over any set of axes. */
class ReduceContractTest {

  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;

  private static int product(int[] shape, boolean[] marked, boolean which) {
    int product = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      product *= marked[axis] == which ? shape[axis] : 1;
    }
    return product;
  }

  private static void check(Backend backend, ReduceOp op, int[] shape, boolean[] reduced) {
    int folded = product(shape, reduced, true);
    int outputs = product(shape, reduced, false);
    String name = op + Arrays.toString(shape) + Arrays.toString(reduced);
    Comparison c = new Comparison(backend, name);
    Operand x = c.random(folded * outputs);
    Operand y = c.output(outputs);
    c.run(b -> b.reduce(op, shape, reduced, x.on(b), y.on(b)));
    if (op == ReduceOp.MAX) {
      c.isExact(y);
    } else {
      // The sum, and the division of a mean.
      c.isSum(y, Rounding.blocked(folded) + 2);
    }
  }

  private static int[] shape(int... sizes) {
    return sizes;
  }

  private static boolean[] axes(int marked, int rank) {
    boolean[] axes = new boolean[rank];
    for (int axis = 0; axis < rank; axis++) {
      axes[axis] = (marked >> axis & 1) == 1;
    }
    return axes;
  }

  private static float[] reduce(
      Backend backend, ReduceOp op, int[] shape, boolean[] reduced, float... values) {
    Comparison c = new Comparison(backend, op + " by hand");
    Operand x = c.input(values);
    Operand y = c.output(product(shape, reduced, false));
    c.run(b -> b.reduce(op, shape, reduced, x.on(b), y.on(b)));
    return y.actual();
  }

  @EachBackend
  void foldsByHand(Backend backend) {
    boolean[] first = {true, false};
    boolean[] last = {false, true};
    float[] x = {1, 2, 3, 4, 5, 9};
    assertThat(reduce(backend, ReduceOp.SUM, shape(2, 3), last, x)).containsExactly(6, 18);
    assertThat(reduce(backend, ReduceOp.SUM, shape(2, 3), first, x)).containsExactly(5, 7, 12);
    assertThat(reduce(backend, ReduceOp.MEAN, shape(2, 3), last, x)).containsExactly(2, 6);
    assertThat(reduce(backend, ReduceOp.MAX, shape(2, 3), first, x)).containsExactly(4, 5, 9);
  }

  @EachBackend
  void everySize_ofRowsAndColumns(Backend backend) {
    for (ReduceOp op : ReduceOp.values()) {
      for (int size : Sizes.EDGES) {
        for (int other : new int[] {1, 3, 16, 65}) {
          check(backend, op, shape(size, other), axes(1, 2));
          check(backend, op, shape(size, other), axes(2, 2));
          check(backend, op, shape(other, size, 5), axes(2, 3));
          check(backend, op, shape(3, other, size), axes(5, 3));
        }
      }
    }
  }

  @EachBackend
  void everySetOfAxes(Backend backend) {
    for (ReduceOp op : ReduceOp.values()) {
      for (int marked = 0; marked < 32; marked++) {
        check(backend, op, shape(3, 2, 7, 4, 9), axes(marked, 5));
      }
      check(backend, op, shape(), axes(0, 0));
    }
  }

  @EachBackend
  void randomShapes(Backend backend) {
    for (int trial = 0; trial < 90; trial++) {
      long key = Rng.key(trial, "reduce");
      int rank = 1 + Rng.below(key, 0, 4);
      int[] shape = new int[rank];
      for (int axis = 0; axis < rank; axis++) {
        int edge = Sizes.draw(key, 1 + axis);
        shape[axis] = rank < 3 ? edge : 1 + edge % 12;
      }
      ReduceOp op = ReduceOp.values()[trial % 3];
      check(backend, op, shape, axes(Rng.below(key, 9, 1 << rank), rank));
    }
  }

  @EachBackend
  void longSums_roundAsBlockedSumsDo(Backend backend) {
    for (ReduceOp op : ReduceOp.values()) {
      check(backend, op, shape(Sizes.LONG), axes(1, 1));
      check(backend, op, shape(Sizes.LONG, 3), axes(1, 2));
      check(backend, op, shape(7, 3, 10_007), axes(5, 3));
      check(backend, op, shape(1_000_003), axes(1, 1));
    }
  }

  @EachBackend
  void foldsOverNothing(Backend backend) {
    boolean[] last = {false, true};
    assertThat(reduce(backend, ReduceOp.SUM, shape(2, 0), last)).containsExactly(0, 0);
    assertThat(reduce(backend, ReduceOp.MEAN, shape(2, 0), last)).containsExactly(NAN, NAN);
    assertThat(reduce(backend, ReduceOp.MAX, shape(2, 0), last)).containsExactly(-INF, -INF);
    assertThat(reduce(backend, ReduceOp.SUM, shape(0, 2), last)).isEmpty();
    assertThat(reduce(backend, ReduceOp.MAX, shape(0), axes(1, 1))).containsExactly(-INF);
  }

  @EachBackend
  void nanAndInfinity_reachTheirOutputOnly(Backend backend) {
    for (ReduceOp op : ReduceOp.values()) {
      for (float special : new float[] {NAN, INF, -INF}) {
        for (int position = 0; position < 35; position++) {
          int at = position;
          for (boolean[] reduced : new boolean[][] {{true, false}, {false, true}}) {
            int[] shape = reduced[0] ? shape(35, 3) : shape(3, 35);
            Comparison c = new Comparison(backend, op + " with " + special + " at " + at);
            float[] values = c.draw(105, -1, 1);
            values[reduced[0] ? at * 3 + 1 : 35 + at] = special;
            Operand x = c.input(values);
            Operand y = c.output(3);
            c.run(b -> b.reduce(op, shape, reduced, x.on(b), y.on(b)));
            c.isWithin(y, i -> Rounding.gamma(37) * 35);
            boolean loses = op == ReduceOp.MAX && special == -INF;
            assertThat(Float.isFinite(y.actual()[1])).isEqualTo(loses);
          }
        }
      }
    }
  }

  @EachBackend
  void oppositeInfinities_sumToNan(Backend backend) {
    float[] x = {INF, 1, -INF};
    assertThat(reduce(backend, ReduceOp.SUM, shape(3), axes(1, 1), x)).containsExactly(NAN);
    assertThat(reduce(backend, ReduceOp.MAX, shape(3), axes(1, 1), x)).containsExactly(INF);
    float[] low = {-INF, -INF};
    assertThat(reduce(backend, ReduceOp.MAX, shape(2), axes(1, 1), low)).containsExactly(-INF);
  }
}
