package dev.graft.importers.onnx.operator;

import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.reduction.ReduceSum;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Einstein sums, as Transpose, MatMul and ReduceSum: operands are multiplied two at a time, from
 * the first on. Of the letters of two operands some stand in both and in what comes after (they are
 * the matrices' batch), some in both alone (they are summed), the others in one.
 */
final class EinsumOperator {

  static final List<OnnxOperator> ALL =
      List.of(OnnxOperator.of("Einsum", EinsumOperator::read).since(12).folds(FoldRule.FLOATS));

  /** What stands for the axes of an ellipsis; letters are ASCII. */
  private static final char ELLIPSIS = '\u0100';

  private static final String DOTS = "...";
  private static final String ARROW = "->";

  /** A term and the letters of its axes, none of them twice. */
  private record Operand(Term term, List<Size> sizes, List<Character> letters) {

    Size size(char letter) {
      return sizes.get(letters.indexOf(letter));
    }
  }

  private final NodeCursor node;

  private EinsumOperator(NodeCursor node) {
    this.node = node;
  }

  private static void read(NodeCursor node) {
    new EinsumOperator(node).emit();
  }

  private void emit() {
    String equation = node.attributes().text("equation", "").replace(" ", "");
    List<String> given = node.inputs(26);
    int arrow = equation.indexOf(ARROW);
    String left = arrow < 0 ? equation : equation.substring(0, arrow);
    String[] parts = left.split(",", -1);
    if (parts.length != given.size()) {
      throw wrong(equation, given.size() + " inputs");
    }
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      operands.add(operand(equation, parts[i], given.get(i)));
    }
    List<Character> result =
        arrow < 0
            ? implied(left, operands)
            : letters(equation, equation.substring(arrow + ARROW.length()), rank(operands));
    Operand all = operands.get(0);
    for (int i = 1; i < operands.size(); i++) {
      Set<Character> later = new LinkedHashSet<>(result);
      operands.subList(i + 1, operands.size()).forEach(o -> later.addAll(o.letters()));
      all = product(all, operands.get(i), later);
    }
    all = summed(all, new LinkedHashSet<>(result));
    if (!new LinkedHashSet<>(all.letters()).equals(new LinkedHashSet<>(result))
        || result.size() != all.letters().size()) {
      throw wrong(equation, "its result");
    }
    Operand ordered = ordered(all, result);
    node.emit(ordered.term().value() == null ? ordered.term() : identity(ordered.term()));
  }

  private static Term identity(Term term) {
    return Term.of(new Identity(), term);
  }

  private static ImportException wrong(String equation, String what) {
    return new ImportException("has the equation " + equation + ", which does not fit " + what);
  }

  /** How many axes the ellipsis stands for. */
  private static int rank(List<Operand> operands) {
    return (int)
        operands.stream()
            .mapToLong(o -> o.letters().stream().filter(l -> l >= ELLIPSIS).count())
            .max()
            .orElse(0);
  }

  private static List<Character> letters(String equation, String part, int ellipsis) {
    List<Character> letters = new ArrayList<>();
    int dots = part.indexOf(DOTS);
    for (int i = 0; i < part.length(); i++) {
      if (i == dots) {
        for (int axis = 0; axis < ellipsis; axis++) {
          letters.add((char) (ELLIPSIS + axis));
        }
        i += DOTS.length() - 1;
      } else if (Character.isLetter(part.charAt(i)) && part.charAt(i) < ELLIPSIS) {
        letters.add(part.charAt(i));
      } else {
        throw wrong(equation, "what is known of such equations");
      }
    }
    return letters;
  }

  /** Without an arrow: the ellipsis, then every letter that stands there once. */
  private static List<Character> implied(String left, List<Operand> operands) {
    List<Character> result = new ArrayList<>();
    for (int axis = 0; axis < rank(operands); axis++) {
      result.add((char) (ELLIPSIS + axis));
    }
    left.chars()
        .filter(Character::isLetter)
        .filter(letter -> left.indexOf(letter) == left.lastIndexOf(letter))
        .sorted()
        .forEach(letter -> result.add((char) letter));
    return result;
  }

  private Operand operand(String equation, String part, String value) {
    Shape shape = node.graph().shape(value);
    int named = part.replace(DOTS, "").length();
    boolean dots = part.contains(DOTS);
    if (dots ? named > shape.rank() : named != shape.rank()) {
      throw wrong(equation, "an input " + shape);
    }
    List<Character> letters = letters(equation, part, shape.rank() - named);
    Operand operand = new Operand(Term.of(value), new ArrayList<>(shape.dims()), letters);
    return withoutDiagonals(operand);
  }

  /** Of a letter that stands twice the diagonal is meant: all else is blotted out and summed. */
  private Operand withoutDiagonals(Operand operand) {
    List<Character> letters = operand.letters();
    for (int axis = letters.size() - 1; axis >= 0; axis--) {
      int first = letters.indexOf(letters.get(axis));
      if (first < axis) {
        int n = operand.sizes().get(first).isKnown() ? (int) operand.sizes().get(first).known() : 0;
        if (n == 0 || !operand.sizes().get(axis).is(n)) {
          throw new ImportException("takes the diagonal of " + operand.sizes());
        }
        Term diagonal = operand.term().times(node.term(mask(n, letters.size(), first, axis)));
        List<Size> sizes = new ArrayList<>(operand.sizes());
        List<Character> left = new ArrayList<>(letters);
        sizes.remove(axis);
        left.remove(axis);
        Term sum = Term.of(new ReduceSum(List.of(axis), false), diagonal);
        return withoutDiagonals(new Operand(sum, sizes, left));
      }
    }
    return operand;
  }

  private Tensor mask(int n, int rank, int first, int second) {
    int[] sizes = new int[rank];
    Arrays.fill(sizes, 1);
    sizes[first] = n;
    sizes[second] = n;
    Shape shape = Shape.of(sizes);
    node.graph().folding().expectFloats(shape);
    float[] values = new float[shape.elements()];
    for (int i = 0; i < n; i++) {
      values[i * (n + 1)] = 1;
    }
    return Tensor.of(shape, values);
  }

  private static Operand ordered(Operand operand, List<Character> order) {
    List<Integer> axes = order.stream().map(operand.letters()::indexOf).toList();
    List<Size> sizes = axes.stream().map(operand.sizes()::get).toList();
    boolean same = operand.letters().equals(order);
    Term term = same ? operand.term() : Term.of(new Transpose(axes), operand.term());
    return new Operand(term, sizes, order);
  }

  /** Without the letters that nothing after it asks for. */
  private static Operand summed(Operand operand, Set<Character> kept) {
    List<Integer> axes = new ArrayList<>();
    List<Size> sizes = new ArrayList<>();
    List<Character> letters = new ArrayList<>();
    for (int axis = 0; axis < operand.letters().size(); axis++) {
      if (kept.contains(operand.letters().get(axis))) {
        sizes.add(operand.sizes().get(axis));
        letters.add(operand.letters().get(axis));
      } else {
        axes.add(axis);
      }
    }
    return axes.isEmpty()
        ? operand
        : new Operand(Term.of(new ReduceSum(axes, false), operand.term()), sizes, letters);
  }

  private Operand product(Operand a, Operand b, Set<Character> later) {
    Set<Character> rest = new LinkedHashSet<>(later);
    Set<Character> ofA = new LinkedHashSet<>(rest);
    ofA.addAll(b.letters());
    Set<Character> ofB = new LinkedHashSet<>(rest);
    ofB.addAll(a.letters());
    Operand left = summed(a, ofA);
    Operand right = summed(b, ofB);
    List<Character> batch = new ArrayList<>();
    List<Character> inner = new ArrayList<>();
    List<Character> rows = new ArrayList<>();
    List<Character> columns = new ArrayList<>();
    for (char letter : left.letters()) {
      boolean both = right.letters().contains(letter);
      (both ? later.contains(letter) ? batch : inner : rows).add(letter);
    }
    right.letters().stream().filter(l -> !left.letters().contains(l)).forEach(columns::add);
    List<Character> letters = joined(batch, joined(rows, columns));
    List<Size> sizes = new ArrayList<>();
    batch.forEach(l -> sizes.add(left.size(l).is(1) ? right.size(l) : left.size(l)));
    rows.forEach(l -> sizes.add(left.size(l)));
    columns.forEach(l -> sizes.add(right.size(l)));
    if (batch.isEmpty() && !rows.isEmpty() && inner.size() == 1 && columns.size() == 1) {
      // A matrix for all of them: the axes of the first stay as they are.
      Term x = ordered(left, joined(rows, inner)).term();
      Term y = ordered(right, joined(inner, columns)).term();
      return new Operand(x.matrixProduct(y), sizes, letters);
    }
    Term x = matrix(left, batch, rows, inner);
    Term y = matrix(right, batch, inner, columns);
    return new Operand(reshaped(x.matrixProduct(y), sizes), sizes, letters);
  }

  private static List<Character> joined(List<Character> first, List<Character> second) {
    List<Character> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  /** {@code [batch…, product of rows, product of columns]}. */
  private Term matrix(
      Operand operand, List<Character> batch, List<Character> rows, List<Character> columns) {
    List<Character> order = joined(batch, joined(rows, columns));
    Operand ordered = ordered(operand, order);
    List<Size> sizes = new ArrayList<>(ordered.sizes().subList(0, batch.size()));
    int middle = batch.size() + rows.size();
    sizes.add(product(ordered.sizes().subList(batch.size(), middle)));
    sizes.add(product(ordered.sizes().subList(middle, order.size())));
    return rows.size() == 1 && columns.size() == 1
        ? ordered.term()
        : reshaped(ordered.term(), sizes);
  }

  private static Size product(List<Size> sizes) {
    return sizes.stream().reduce(Size.of(1), Size::times);
  }

  private Term reshaped(Term term, List<Size> sizes) {
    String value = node.emitTerm(term);
    Shape from = node.graph().shape(value);
    return from.dims().equals(sizes)
        ? Term.of(value)
        : Term.of(ReshapeOperator.to(sizes, from), Term.of(value));
  }
}
