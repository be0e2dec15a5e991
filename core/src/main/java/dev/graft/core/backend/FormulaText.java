package dev.graft.core.backend;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a {@link Formula} from text, one precedence a method.
 *
 * <pre>{@code
 * formula = { name "=" choice ";" } choice
 * choice  = sum [ ">" sum "?" choice ":" choice ]
 * sum     = product { ("+" | "-") product }
 * product = factor { ("*" | "/") factor }
 * factor  = "-" factor | number | name | function "(" choice [ "," choice ] ")" | "(" choice ")"
 * }</pre>
 */
final class FormulaText {

  private final String text;
  private final Map<String, Formula> names = new HashMap<>();
  private int at;

  FormulaText(String text) {
    this.text = text;
    for (Formula.Variable variable : Formula.Variable.values()) {
      names.put(lower(variable), variable);
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  Formula formula() {
    for (int named = text.indexOf('='); at <= named; named = text.indexOf('=', at)) {
      String name = word();
      expect('=');
      names.put(name, choice());
      expect(';');
    }
    Formula formula = choice();
    if (at < text.length()) {
      throw failure("the end");
    }
    return formula;
  }

  private Formula choice() {
    Formula left = sum();
    if (!skips('>')) {
      return left;
    }
    Formula right = sum();
    expect('?');
    Formula greater = choice();
    expect(':');
    return new Formula.Choice(left, right, greater, choice());
  }

  private Formula sum() {
    Formula sum = product();
    while (true) {
      if (skips('+')) {
        sum = new Formula.Pair(Primitive.PLUS, sum, product());
      } else if (skips('-')) {
        sum = new Formula.Pair(Primitive.MINUS, sum, product());
      } else {
        return sum;
      }
    }
  }

  private Formula product() {
    Formula product = factor();
    while (true) {
      if (skips('*')) {
        product = new Formula.Pair(Primitive.TIMES, product, factor());
      } else if (skips('/')) {
        product = new Formula.Pair(Primitive.OVER, product, factor());
      } else {
        return product;
      }
    }
  }

  private Formula factor() {
    if (skips('-')) {
      return new Formula.Call(Primitive.NEGATE, factor());
    }
    if (skips('(')) {
      Formula inner = choice();
      expect(')');
      return inner;
    }
    String word = word();
    if (word.isEmpty()) {
      throw failure("a number, a name or a bracket");
    }
    if (Character.isDigit(word.charAt(0))) {
      return new Formula.Constant(Double.parseDouble(word));
    }
    return skips('(') ? call(word) : named(word);
  }

  private Formula named(String word) {
    Formula named = names.get(word);
    if (named == null) {
      throw failure("a known name instead of " + word);
    }
    return named;
  }

  private Formula call(String word) {
    for (Primitive function : Primitive.values()) {
      if (lower(function).equals(word)) {
        Formula first = choice();
        if (function.arguments() == 1) {
          expect(')');
          return new Formula.Call(function, first);
        }
        expect(',');
        Formula second = choice();
        expect(')');
        return new Formula.Pair(function, first, second);
      }
    }
    throw failure("a known function instead of " + word);
  }

  /** Letters, digits and points. */
  private String word() {
    skipBlanks();
    int from = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    String word = text.substring(from, at);
    skipBlanks();
    return word;
  }

  private boolean skips(char c) {
    skipBlanks();
    boolean found = at < text.length() && text.charAt(at) == c;
    if (found) {
      at++;
      skipBlanks();
    }
    return found;
  }

  private void skipBlanks() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private void expect(char c) {
    if (!skips(c)) {
      throw failure("'" + c + "'");
    }
  }

  private IllegalArgumentException failure(String expected) {
    return new IllegalArgumentException(
        "formula \"" + text + "\": expected " + expected + " at character " + at);
  }
}
