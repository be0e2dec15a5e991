package dev.graft.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Formula.Variable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The two formulas of every function belong together, and text is read as it is meant. */
class UnaryOpTest {

  private static final double ALPHA = 0.25;
  private static final double BETA = 0.75;

  /**
   * The formula of the gradient is held to central differences of the formula of the value, from -4
   * to 4 where the function has a value and no kink is within a step. Step and tolerance are those
   * of the operations' gradient tests: truncation {@code h^2 / 6 |f'''|} with {@code |f'''|} up to
   * 1e6, that of {@code 1 / x} at 0.05, and rounding {@code 1e-15 |f| / h}.
   */
  @ParameterizedTest
  @EnumSource
  void gradient_isTheDerivative(UnaryOp op) {
    double h = 1e-5;
    int tried = 0;
    for (int i = 0; i < 80; i++) {
      double x = -3.95 + 0.1 * i;
      double y = value(op, x);
      double right = (value(op, x + h) - y) / h;
      double left = (y - value(op, x - h)) / h;
      boolean smooth = Math.abs(right - left) < 0.01 * Math.max(1, Math.abs(right));
      if (smooth) {
        double expected = (value(op, x + h) - value(op, x - h)) / (2 * h);
        double operand = op.savesInput() ? x : y;
        double tolerance = h * h / 6 * 1e6 + 1e-15 * Math.max(1, Math.abs(y)) / h;
        assertThat(op.gradient().value(ALPHA, BETA, operand, 3))
            .as("%s at %s", op, x)
            .isCloseTo(3 * expected, within(3 * tolerance));
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(30);
  }

  private static double value(UnaryOp op, double x) {
    return op.value().value(ALPHA, BETA, x, 0);
  }

  @ParameterizedTest
  @EnumSource
  void gradient_readsOneSavedValueAtMost(UnaryOp op) {
    assertThat(op.savesInput() && op.savesOutput()).isFalse();
    assertThat(op.value().reads(Variable.X)).isTrue();
    assertThat(op.value().reads(Variable.Y) || op.value().reads(Variable.DY)).isFalse();
    assertThat(op.gradient().reads(Variable.DY)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 + 2 * 3 - 4 / 8|6.5",
        "2 - 3 - 4|-5",
        "-2 * -3|6",
        "(1 + 2) * 3|9",
        "max(1, min(x, 3)) / 2|1",
        "x > 1 ? 10 : 20|10",
        "1 > x ? 10 : x > 5 ? 20 : 30|30",
        "s = x + 1; t = s * s; t - s|6",
        "alpha * 4 + beta * 4 + dy|11",
        "abs(-x)|2",
        "erf(x)|0.9953222650189527",
        "erf(-0.1)|-0.1124629160182849",
        "expm1(log1p(x))|2"
      })
  void text_isReadAsItIsMeant(String text, double expected) {
    assertThat(Formula.of(text).value(ALPHA, BETA, 2, 7)).isCloseTo(expected, within(1e-15));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "x +|a number, a name or a bracket at character 3",
        "(x|')' at character 2",
        "z + 1|a known name instead of z",
        "sinh(x)|a known function instead of sinh",
        "max(x)|',' at character 5",
        "x 1|the end at character 2",
        "x > 1|'?' at character 5",
        "s = x|';' at character 5"
      })
  void textThatIsNoFormula_isRefusedWithThePlace(String text, String expected) {
    assertThatThrownBy(() -> Formula.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text)
        .hasMessageContaining(expected);
  }
}
