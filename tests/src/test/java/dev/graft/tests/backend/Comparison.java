package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;

/**
 * One call of a kernel, run three times: on the backend under test, on the reference backend, and
 * on a second reference backend with the absolute values of all operands. The third gives {@code Σ
 * |a| |b|} where the second gives {@code Σ a b}: what a tolerance has to be scaled by.
 *
 * <p>The operands are drawn from a stream named by the description, so that a case has the same
 * numbers wherever it runs; {@code -Dgraft.contract.seed=N} draws others.
 */
final class Comparison {

  private static final long SEED = Long.getLong("graft.contract.seed", 1);

  private final Backend tested;
  private final ReferenceBackend oracle = new ReferenceBackend();
  private final ReferenceBackend magnitudes = new ReferenceBackend();
  private final String description;
  private final long key;
  private final List<Operand> operands = new ArrayList<>();
  private final List<Operand> inputs = new ArrayList<>();

  Comparison(Backend tested, String description) {
    this.tested = tested;
    this.description =
        description + " on " + tested.name() + " (-Dgraft.contract.seed=" + SEED + ")";
    key = Rng.key(SEED, description);
  }

  Backend tested() {
    return tested;
  }

  ReferenceBackend oracle() {
    return oracle;
  }

  ReferenceBackend magnitudes() {
    return magnitudes;
  }

  // ---- operands --------------------------------------------------------------------------------

  /** An operand with these values, which the call must not change. */
  Operand input(float... values) {
    Operand operand = updated(values);
    inputs.add(operand);
    return operand;
  }

  /** An operand with n values uniform in [-1, 1), which the call must not change. */
  Operand random(int n) {
    return random(n, -1, 1);
  }

  /** An operand with n values uniform in [low, high), which the call must not change. */
  Operand random(int n, double low, double high) {
    return input(draw(n, low, high));
  }

  /** An operand with these values, which the call may change. */
  Operand updated(float... values) {
    float[] magnitudes = values.clone();
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = Math.abs(magnitudes[i]);
    }
    return add(values, magnitudes);
  }

  /** Positions for the call to read: the same where magnitudes are computed. */
  Operand positions(float... values) {
    Operand operand = add(values, values);
    inputs.add(operand);
    return operand;
  }

  /** Odd offsets: no operand starts where a vector would like it to. */
  private Operand add(float[] values, float[] magnitudes) {
    Operand operand = new Operand(this, values, magnitudes, 1 + operands.size() * 2 % 16);
    operands.add(operand);
    return operand;
  }

  /** An operand of n elements for the call to write; NaN until then. */
  Operand output(int n) {
    float[] nan = new float[n];
    Arrays.fill(nan, Float.NaN);
    return updated(nan);
  }

  /** n values uniform in [low, high); the next call gives others. */
  float[] draw(int n, double low, double high) {
    long stream = Rng.key(key, operands.size());
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (low + (high - low) * Rng.uniform(stream, i));
    }
    return values;
  }

  /**
   * A coefficient of a call; its absolute value where magnitudes are computed.
   *
   * @param backend the one that the call runs on
   */
  double coefficient(Backend backend, double value) {
    return backend == magnitudes ? Math.abs(value) : value;
  }

  /** A coefficient that is subtracted: negative where magnitudes are computed. */
  double subtracted(Backend backend, double value) {
    return backend == magnitudes ? -Math.abs(value) : value;
  }

  // ---- the call and what it must have done -----------------------------------------------------

  /** Runs the call on all three; then inputs must be as they were, and all guards intact. */
  Comparison run(Consumer<Backend> call) {
    call.accept(tested);
    call.accept(oracle);
    call.accept(magnitudes);
    for (Operand operand : operands) {
      assertThat(operand.hasIntactGuards())
          .as("%s: operand %d is not written outside", description, operands.indexOf(operand))
          .isTrue();
    }
    for (Operand input : inputs) {
      assertThat(input.isUnchanged())
          .as("%s: operand %d is only read", description, operands.indexOf(input))
          .isTrue();
    }
    return this;
  }

  /** The output is the exact result, rounded to float once at most; zeros may differ in sign. */
  void isExact(Operand output) {
    double[] expected = output.expected();
    isWithin(output, i -> Math.abs((float) expected[i] - expected[i]));
  }

  /** Every element went through so many roundings, none of them after a cancellation. */
  void isRelative(Operand output, double roundings) {
    double[] expected = output.expected();
    double gamma = Rounding.gamma(roundings);
    isWithin(output, i -> gamma * Math.abs(expected[i]) + Float.MIN_NORMAL);
  }

  /** Every element is a sum whose terms went through so many roundings each. */
  void isSum(Operand output, double roundings) {
    double[] magnitude = output.magnitude();
    double gamma = Rounding.gamma(roundings);
    isWithin(output, i -> gamma * magnitude[i] + Float.MIN_NORMAL);
  }

  /** Every element differs from the exact result by at most its bound. */
  void isWithin(Operand output, IntToDoubleFunction bound) {
    float[] actual = output.actual();
    double[] expected = output.expected();
    for (int i = 0; i < actual.length; i++) {
      if (!agrees(actual[i], expected[i], bound.applyAsDouble(i))) {
        throw new AssertionError(
            String.format(
                "%s: element %d of %d is %s, expected %s within %.3g",
                description, i, actual.length, actual[i], expected[i], bound.applyAsDouble(i)));
      }
    }
  }

  private static boolean agrees(float actual, double expected, double bound) {
    float rounded = (float) expected;
    if (Float.isNaN(rounded) || Float.isInfinite(rounded)) {
      // Overflow is judged in float: what exceeds its range is infinite, not merely large.
      return Float.compare(actual, rounded) == 0;
    }
    return Math.abs(actual - expected) <= bound;
  }
}
