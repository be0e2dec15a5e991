package dev.graft.core.backend.plain;

import dev.graft.core.backend.Formula;
import dev.graft.core.backend.Primitive;
import dev.graft.core.backend.UnaryOp;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link Formula} as a list of loops over rows, one for each of its parts: no loop has a choice
 * or a call in it where C2 would have to give up vectorising. A row stays in the level-1 cache from
 * one loop to the next.
 */
final class RowFormula {

  /** Rows that the caller fills. */
  static final int FIRST = 0;

  static final int SECOND = 1;

  /** Rows that one loop works with. */
  private static final int POWER = 2;

  private static final int REMAINDER = 3;

  private static final RowFormula[] VALUES = new RowFormula[UnaryOp.values().length];
  private static final RowFormula[] GRADIENTS = new RowFormula[UnaryOp.values().length];

  static {
    for (UnaryOp op : UnaryOp.values()) {
      VALUES[op.ordinal()] = new RowFormula(op.value(), FIRST);
      GRADIENTS[op.ordinal()] = new RowFormula(op.gradient(), SECOND);
    }
  }

  /** One loop over rows. */
  private interface Loop {
    void run(float[][] rows, float alpha, float beta, int n);
  }

  private final List<Loop> loops = new ArrayList<>();
  private final int result;

  /**
   * @param operand the row that holds x or y; dy is in the first
   * @throws IllegalStateException if it takes more rows than there are
   */
  private RowFormula(Formula formula, int operand) {
    result = formula.read(new Compilation(operand));
  }

  /** {@code rows[FIRST] = f(rows[FIRST]; alpha, beta)}. */
  static void value(UnaryOp op, float alpha, float beta, float[][] rows, int n) {
    VALUES[op.ordinal()].run(alpha, beta, rows, n);
  }

  /** {@code rows[FIRST] *= f'(rows[SECOND]; alpha, beta)}. */
  static void gradient(UnaryOp op, float alpha, float beta, float[][] rows, int n) {
    GRADIENTS[op.ordinal()].run(alpha, beta, rows, n);
  }

  private void run(float alpha, float beta, float[][] rows, int n) {
    // By index: an iterator for every tile would be garbage.
    for (int i = 0; i < loops.size(); i++) {
      loops.get(i).run(rows, alpha, beta, n);
    }
    System.arraycopy(rows[result], 0, rows[FIRST], 0, n);
  }

  /** From formulas to the numbers of the rows that will hold their values. */
  private final class Compilation implements Formula.Reading<Integer> {

    private final int operand;
    private int next = REMAINDER + 1;

    Compilation(int operand) {
      this.operand = operand;
    }

    private int row() {
      if (next == Scratch.TILE_ROWS) {
        throw new IllegalStateException(
            "a formula has more parts than Scratch.TILE_ROWS holds; raise that");
      }
      return next++;
    }

    @Override
    public Integer number(double value) {
      int y = row();
      float rounded = (float) value;
      loops.add((rows, alpha, beta, n) -> RowLoops.fill(rows[y], rounded, n));
      return y;
    }

    @Override
    public Integer variable(Formula.Variable variable) {
      switch (variable) {
        case DY:
          return FIRST;
        case ALPHA:
          int first = row();
          loops.add((rows, alpha, beta, n) -> RowLoops.fill(rows[first], alpha, n));
          return first;
        case BETA:
          int second = row();
          loops.add((rows, alpha, beta, n) -> RowLoops.fill(rows[second], beta, n));
          return second;
        default:
          return operand;
      }
    }

    @Override
    public Integer call(Primitive function, List<Integer> arguments) {
      int a = arguments.get(0);
      int b = arguments.get(arguments.size() - 1);
      int y = row();
      loops.add(
          (rows, alpha, beta, n) ->
              RowLoops.run(function, rows[a], rows[b], rows[y], rows[POWER], rows[REMAINDER], n));
      return y;
    }

    @Override
    public Integer choose(Integer left, Integer right, Integer greater, Integer otherwise) {
      int y = row();
      loops.add(
          (rows, alpha, beta, n) ->
              RowLoops.choose(rows[left], rows[right], rows[greater], rows[otherwise], rows[y], n));
      return y;
    }
  }
}
