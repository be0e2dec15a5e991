package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Functions of one and two operands, their gradients, axpy and dropout. */
class ElementwiseContractTest {

  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;

  /** Values at which functions overflow, underflow, cancel or bend. */
  private static final float[] SPECIAL = {
    0f, -0f, 1f, -1f, 0.25f, -0.25f, 6f, 1e-7f, -1e-7f, 0.1f, -0.6f, 0.6251f, 9f, -9f, 20f, -20f,
    87f, -87f, 89f, -89f, 105f, -105f, 1e-40f, 1e30f, -1e30f, INF, -INF, NAN
  };

  private static final double ALPHA = 0.25;
  private static final double BETA = 6;

  // ---- one operand -----------------------------------------------------------------------------

  /**
   * How exact a function must be: what the roundings of its formula allow. One that is made of
   * comparisons is exact; a wrong argument reduction or a cancellation that the formula does not
   * have would lose thousands of units in the last place.
   */
  private static IntToDoubleFunction bound(UnaryOp op, float[] x) {
    return i -> FormulaError.of(op.value(), ALPHA, BETA, x[i], 0);
  }

  private static void checkUnary(Backend backend, UnaryOp op, String name, float[] values) {
    Comparison c = new Comparison(backend, op + " of " + name);
    Operand x = c.input(values);
    Operand y = c.output(values.length);
    c.run(b -> b.unary(op, ALPHA, BETA, values.length, x.on(b), y.on(b)));
    c.isWithin(y, bound(op, values));
  }

  @EachBackend
  void unary_ofRandomValues(Backend backend) {
    for (UnaryOp op : UnaryOp.values()) {
      for (int n : Sizes.EDGES) {
        float[] values = new Comparison(backend, op + " " + n).draw(n, -10, 10);
        checkUnary(backend, op, n + " values", values);
      }
      checkUnary(backend, op, "nothing", new float[0]);
    }
  }

  @EachBackend
  void unary_ofManyValues(Backend backend) {
    for (UnaryOp op : UnaryOp.values()) {
      float[] values = new Comparison(backend, op + " long").draw(Sizes.LONG, -100, 100);
      checkUnary(backend, op, "many values", values);
    }
  }

  @EachBackend
  void unary_ofSpecialValues(Backend backend) {
    for (UnaryOp op : UnaryOp.values()) {
      checkUnary(backend, op, "special values", SPECIAL);
      // The same in every lane, and in the remainder of a loop over lanes.
      for (int shift = 1; shift < 17; shift++) {
        float[] values = new float[37];
        for (int i = 0; i < values.length; i++) {
          values[i] = SPECIAL[(i + shift) % SPECIAL.length];
        }
        checkUnary(backend, op, "special values from " + shift, values);
      }
    }
  }

  @EachBackend
  void unary_inPlace(Backend backend) {
    for (UnaryOp op : UnaryOp.values()) {
      Comparison c = new Comparison(backend, op + " in place");
      float[] values = c.draw(129, 0.5, 2);
      Operand y = c.updated(values);
      c.run(b -> b.unary(op, ALPHA, BETA, values.length, y.on(b), y.on(b)));
      c.isWithin(y, bound(op, values));
    }
  }

  @EachBackend
  void unary_byHand(Backend backend) {
    assertThat(unary(backend, UnaryOp.AFFINE, 2, -1, 3, -4)).containsExactly(5, -9);
    assertThat(unary(backend, UnaryOp.RELU, 0, 0, -2, 0, 3)).containsExactly(0, 0, 3);
    assertThat(unary(backend, UnaryOp.LEAKY_RELU, 0.5, 0, -2, 0, 3)).containsExactly(-1, 0, 3);
    assertThat(unary(backend, UnaryOp.CLIP, 0, 6, -1, 2, 7)).containsExactly(0, 2, 6);
    assertThat(unary(backend, UnaryOp.SIGMOID, 0, 0, 0, INF, -INF)).containsExactly(0.5f, 1, 0);
    assertThat(unary(backend, UnaryOp.TANH, 0, 0, 0, INF, -INF)).containsExactly(0, 1, -1);
    assertThat(unary(backend, UnaryOp.EXP, 0, 0, 0, INF, -INF)).containsExactly(1, INF, 0);
    assertThat(unary(backend, UnaryOp.LOG, 0, 0, 1, 0, INF)).containsExactly(0, -INF, INF);
    assertThat(unary(backend, UnaryOp.LOG, 0, 0, -1, NAN)).containsExactly(NAN, NAN);
    assertThat(unary(backend, UnaryOp.RSQRT, 3, 0, 1, 13, INF)).containsExactly(0.5f, 0.25f, 0);
  }

  private static float[] unary(
      Backend backend, UnaryOp op, double alpha, double beta, float... values) {
    Comparison c = new Comparison(backend, op + " by hand");
    Operand x = c.input(values);
    Operand y = c.output(values.length);
    c.run(b -> b.unary(op, alpha, beta, values.length, x.on(b), y.on(b)));
    float[] result = y.actual();
    for (int i = 0; i < result.length; i++) {
      result[i] += 0f; // The sign of a zero is not part of the contract.
    }
    return result;
  }

  // ---- its gradient ----------------------------------------------------------------------------

  private static IntToDoubleFunction gradientBound(UnaryOp op, float[] saved, float[] dy) {
    return i -> FormulaError.of(op.gradient(), ALPHA, BETA, saved[i], dy[i]);
  }

  private static void checkGradient(
      Backend backend, UnaryOp op, String name, float[] s, boolean inPlace) {
    int n = s.length;
    Comparison c = new Comparison(backend, op + " gradient of " + name + ", in place " + inPlace);
    float[] gradient = c.draw(n, -1, 1);
    Operand saved = c.input(s);
    Operand dy = inPlace ? c.updated(gradient) : c.input(gradient);
    Operand dx = inPlace ? dy : c.output(n);
    c.run(b -> b.unaryGradient(op, ALPHA, BETA, n, saved.on(b), dy.on(b), dx.on(b)));
    c.isWithin(dx, gradientBound(op, s, gradient));
  }

  @EachBackend
  void unaryGradient_ofRandomValues(Backend backend) {
    for (UnaryOp op : UnaryOp.values()) {
      double low = op == UnaryOp.LOG ? 0.01 : -4;
      double high = 8;
      for (int n : Sizes.EDGES) {
        float[] saved = new Comparison(backend, op + " saved " + n).draw(n, low, high);
        checkGradient(backend, op, n + " values", saved, false);
        checkGradient(backend, op, n + " values", saved, true);
      }
      float[] saved = new Comparison(backend, op + " long").draw(Sizes.LONG, low, high);
      checkGradient(backend, op, "many values", saved, false);
      checkGradient(backend, op, "nothing", new float[0], false);
    }
  }

  @EachBackend
  void unaryGradient_atTheCorners(Backend backend) {
    float[] corners = {0f, -0f, 0.25f, 6f, 0.2500001f, 5.999999f, -1f, 1f, 7f, Float.MIN_VALUE};
    for (UnaryOp op : UnaryOp.values()) {
      checkGradient(backend, op, "corners", corners, false);
    }
  }

  @EachBackend
  void unaryGradient_isZeroByConditionEvenIfItsInputIsNotFinite(Backend backend) {
    Comparison c = new Comparison(backend, "conditional gradients");
    float[] special = {NAN, INF, -INF, NAN, INF};
    Operand dy = c.input(special);
    Operand saved = c.input(0, 0, 0, 1, 1);
    for (UnaryOp op : List.of(UnaryOp.RELU, UnaryOp.CLIP)) {
      Operand dx = c.output(5);
      c.run(b -> b.unaryGradient(op, 0, 6, 5, saved.on(b), dy.on(b), dx.on(b)));
      c.isExact(dx);
      assertThat(dx.actual())
          .as(op.name())
          .usingComparator(Arrays::compare)
          .isEqualTo(new float[] {0, 0, 0, NAN, INF});
    }
  }

  @EachBackend
  void unaryGradient_passesNanOn(Backend backend) {
    for (UnaryOp op : UnaryOp.values()) {
      Comparison c = new Comparison(backend, op + " gradient of NaN");
      float[] values = c.draw(37, 0.5, 0.9);
      Operand saved = c.input(values);
      float[] gradient = c.draw(37, -1, 1);
      gradient[3] = NAN;
      gradient[36] = NAN;
      Operand dy = c.input(gradient);
      Operand dx = c.output(37);
      c.run(b -> b.unaryGradient(op, ALPHA, BETA, 37, saved.on(b), dy.on(b), dx.on(b)));
      c.isWithin(dx, gradientBound(op, values, gradient));
      assertThat(dx.actual()[3]).isNaN();
      assertThat(dx.actual()[36]).isNaN();
    }
  }

  // ---- two operands ----------------------------------------------------------------------------

  private static void checkBinary(
      Backend backend, BinaryOp op, int[] shape, int[] as, int[] bs, boolean inPlace) {
    String name = op + Arrays.toString(shape) + Arrays.toString(as) + Arrays.toString(bs);
    Comparison c = new Comparison(backend, name);
    int n = Arrays.stream(shape).reduce(1, (p, q) -> p * q);
    Operand a = inPlace ? c.updated(c.draw(n, -1, 1)) : c.random(extent(shape, as));
    Operand b = c.random(extent(shape, bs));
    Operand y = inPlace ? a : c.output(n);
    c.run(on -> on.binary(op, shape, a.on(on), as, b.on(on), bs, y.on(on)));
    c.isRelative(y, roundings(op));
  }

  /** One correctly rounded operation, as IEEE 754 has it; OpenCL allows a power 16 units. */
  private static int roundings(BinaryOp op) {
    return op == BinaryOp.POW ? 32 : 1;
  }

  private static int extent(int[] shape, int[] strides) {
    int last = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 0) {
        return 0;
      }
      last += (shape[axis] - 1) * strides[axis];
    }
    return last + 1;
  }

  @EachBackend
  void binary_byHand(Backend backend) {
    for (BinaryOp op : BinaryOp.values()) {
      Comparison c = new Comparison(backend, op + " by hand");
      Operand a = c.input(6, 8, 1, 0);
      Operand b = c.input(2, -4);
      Operand y = c.output(4);
      int[] shape = {2, 2};
      c.run(on -> on.binary(op, shape, a.on(on), row(2, 1), b.on(on), row(0, 1), y.on(on)));
      float[] expected =
          switch (op) {
            case ADD -> new float[] {8, 4, 3, -4};
            case SUB -> new float[] {4, 12, -1, 4};
            case MUL -> new float[] {12, -32, 2, 0};
            case DIV -> new float[] {3, -2, 0.5f, 0};
            case MAX -> new float[] {6, 8, 2, 0};
            case MIN -> new float[] {2, -4, 1, -4};
            case POW -> new float[] {36, 1 / 4096f, 1, INF};
            case GREATER -> new float[] {1, 1, 0, 1};
            case EQUAL, DROP -> new float[] {0, 0, 0, 0};
            case KEEP -> new float[] {6, 8, 1, 0};
          };
      c.isExact(y);
      float[] actual = y.actual();
      actual[3] += 0f;
      assertThat(actual).as(op.name()).isEqualTo(expected);
    }
  }

  private static int[] row(int... strides) {
    return strides;
  }

  @EachBackend
  void binary_ofEverySize(Backend backend) {
    for (BinaryOp op : BinaryOp.values()) {
      for (int n : Sizes.EDGES) {
        checkBinary(backend, op, row(n), row(1), row(1), false);
        checkBinary(backend, op, row(n), row(1), row(0), false);
        checkBinary(backend, op, row(n), row(0), row(1), false);
        checkBinary(backend, op, row(n), row(2), row(3), false);
        checkBinary(backend, op, row(n), row(1), row(1), true);
        checkBinary(backend, op, row(3, n), row(n, 1), row(0, 1), true);
        checkBinary(backend, op, row(3, n), row(n, 1), row(1, 0), true);
        checkBinary(backend, op, row(3, n), row(1, 3), row(n, 1), false);
      }
      checkBinary(backend, op, row(), row(), row(), false);
      checkBinary(backend, op, row(3, 0), row(0, 1), row(1, 0), false);
      checkBinary(backend, op, row(Sizes.LONG), row(1), row(1), false);
      checkBinary(backend, op, row(3, 7, 5001), row(0, 1, 0), row(35007, 5001, 1), false);
    }
  }

  @EachBackend
  void binary_ofRandomBroadcasts(Backend backend) {
    for (int trial = 0; trial < 120; trial++) {
      long key = Rng.key(trial, "broadcast");
      int rank = 2 + Rng.below(key, 0, 4);
      int[] shape = new int[rank];
      for (int axis = 0; axis < rank; axis++) {
        int edge = Sizes.draw(key, 1 + axis);
        shape[axis] = axis == rank - 1 ? edge : 1 + edge % 5;
      }
      int[] as = broadcast(shape, key + 1);
      int[] bs = broadcast(shape, key + 2);
      BinaryOp op = BinaryOp.values()[trial % BinaryOp.values().length];
      checkBinary(backend, op, shape, as, bs, false);
    }
  }

  /** Strides of an operand that is repeated along random axes, and dense over the others. */
  private static int[] broadcast(int[] shape, long key) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      if (Rng.below(key, axis, 2) == 0) {
        strides[axis] = stride;
        stride *= shape[axis];
      }
    }
    return strides;
  }

  @EachBackend
  void binary_ofSpecialValues(Backend backend) {
    int n = SPECIAL.length;
    for (BinaryOp op : BinaryOp.values()) {
      Comparison c = new Comparison(backend, op + " of all pairs of special values");
      Operand a = c.input(SPECIAL);
      Operand b = c.input(SPECIAL);
      Operand y = c.output(n * n);
      int[] shape = {n, n};
      c.run(on -> on.binary(op, shape, a.on(on), row(1, 0), b.on(on), row(0, 1), y.on(on)));
      c.isRelative(y, roundings(op));
    }
  }

  // ---- axpy and dropout ------------------------------------------------------------------------

  @EachBackend
  void axpy_accumulates(Backend backend) {
    for (int trial = 0; trial <= Sizes.EDGES.length + 1; trial++) {
      int n =
          trial < Sizes.EDGES.length
              ? Sizes.EDGES[trial]
              : trial == Sizes.EDGES.length ? 0 : Sizes.LONG;
      Comparison c = new Comparison(backend, "axpy " + n);
      Operand x = c.random(n);
      Operand y = c.updated(c.draw(n, -1, 1));
      c.run(b -> b.axpy(n, c.coefficient(b, -0.1), x.on(b), y.on(b)));
      // The coefficient, the product, the sum.
      c.isSum(y, 3);
    }
  }

  @EachBackend
  void axpy_passesNanAndInfinityOn(Backend backend) {
    Comparison c = new Comparison(backend, "axpy of special values");
    Operand x = c.input(NAN, 1, INF, INF, 0);
    Operand y = c.updated(1, NAN, 1, -INF, INF);
    c.run(b -> b.axpy(5, 2, x.on(b), y.on(b)));
    assertThat(y.actual())
        .usingComparator(Arrays::compare)
        .isEqualTo(new float[] {NAN, NAN, INF, NAN, INF});
  }

  @EachBackend
  void dropout_dropsWhatTheGeneratorSays(Backend backend) {
    for (double ratio : new double[] {0, 0.1, 0.5, 0.9}) {
      for (int n : new int[] {0, 1, 7, 33, 257, Sizes.LONG}) {
        Comparison c = new Comparison(backend, "dropout " + ratio + " of " + n);
        Operand x = c.random(n);
        Operand y = c.output(n);
        c.run(b -> b.dropout(n, ratio, 42, x.on(b), y.on(b)));
        // The factor and the product.
        c.isRelative(y, 2);
      }
    }
  }

  @EachBackend
  void dropout_keepsItsShareAndTheMean(Backend backend) {
    int n = Sizes.LONG;
    Comparison c = new Comparison(backend, "dropout of ones");
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    Operand x = c.input(ones);
    Operand y = c.output(n);
    c.run(b -> b.dropout(n, 0.25, 7, x.on(b), y.on(b)));
    int kept = 0;
    for (float value : y.actual()) {
      kept += value != 0 ? 1 : 0;
    }
    // Six standard deviations of a binomial distribution.
    double deviation = Math.sqrt(n * 0.25 * 0.75);
    assertThat((double) kept).isBetween(0.75 * n - 6 * deviation, 0.75 * n + 6 * deviation);
  }

  @EachBackend
  void dropout_passesNanOnWhereItKeeps(Backend backend) {
    Comparison c = new Comparison(backend, "dropout of NaN");
    float[] nan = new float[65];
    Arrays.fill(nan, NAN);
    Operand x = c.input(nan);
    Operand y = c.output(65);
    c.run(b -> b.dropout(65, 0.5, 3, x.on(b), y.on(b)));
    c.isExact(y);
  }
}
