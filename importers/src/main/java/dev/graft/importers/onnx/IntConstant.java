package dev.graft.importers.onnx;

import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A vector (or single number) of whole numbers known at import: a shape, a list of axes. An element
 * may be a multiple of the batch size, which is not known.
 *
 * @param rank 0 for a single number, 1 for a vector; higher ranks are kept flat
 * @param values the factors
 * @param batch which of the elements are {@code value * N} rather than {@code value}
 */
record IntConstant(int rank, long[] values, boolean[] batch) {

  static IntConstant of(int rank, long... values) {
    return new IntConstant(rank, values, new boolean[values.length]);
  }

  int size() {
    return values.length;
  }

  /** The elements at the given positions. */
  IntConstant pick(int rank, int... positions) {
    long[] picked = new long[positions.length];
    boolean[] symbolic = new boolean[positions.length];
    for (int i = 0; i < positions.length; i++) {
      picked[i] = values[positions[i]];
      symbolic[i] = batch[positions[i]];
    }
    return new IntConstant(rank, picked, symbolic);
  }

  IntConstant withRank(int rank) {
    return new IntConstant(rank, values, batch);
  }

  static IntConstant concat(List<IntConstant> parts) {
    int size = parts.stream().mapToInt(IntConstant::size).sum();
    long[] values = new long[size];
    boolean[] batch = new boolean[size];
    int at = 0;
    for (IntConstant part : parts) {
      System.arraycopy(part.values, 0, values, at, part.size());
      System.arraycopy(part.batch, 0, batch, at, part.size());
      at += part.size();
    }
    return new IntConstant(1, values, batch);
  }

  /**
   * Element-wise arithmetic; one side may be a single element.
   *
   * @throws ImportException if the result depends on the batch size in any way but as a factor
   */
  static IntConstant arithmetic(String type, IntConstant a, IntConstant b) {
    int size = Math.max(a.size(), b.size());
    if (a.size() != size && a.size() != 1 || b.size() != size && b.size() != 1) {
      throw new ImportException(type + " of " + a.size() + " and " + b.size() + " whole numbers");
    }
    long[] values = new long[size];
    boolean[] batch = new boolean[size];
    for (int i = 0; i < size; i++) {
      int left = a.size() == 1 ? 0 : i;
      int right = b.size() == 1 ? 0 : i;
      long x = a.values[left];
      long y = b.values[right];
      boolean xBatch = a.batch[left];
      boolean yBatch = b.batch[right];
      boolean sum = type.equals("Add") || type.equals("Sub");
      boolean linear = sum ? xBatch == yBatch : type.equals("Mul") ? !(xBatch && yBatch) : !yBatch;
      if (!linear || type.equals("Div") && (y == 0 || xBatch && x % y != 0)) {
        throw new ImportException(type + " on shapes is not possible while the batch is open");
      }
      batch[i] = sum ? xBatch : xBatch || yBatch;
      values[i] =
          switch (type) {
            case "Add" -> x + y;
            case "Sub" -> x - y;
            case "Mul" -> x * y;
            default -> x / y;
          };
    }
    return new IntConstant(Math.max(a.rank, b.rank), values, batch);
  }

  /**
   * The numbers as a list.
   *
   * @throws ImportException if one depends on the batch size
   */
  List<Long> toLongs(String what) {
    List<Long> list = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (batch[i]) {
        throw new ImportException(what + " depends on the batch size");
      }
      list.add(values[i]);
    }
    return list;
  }

  /**
   * The numbers as ints.
   *
   * @throws ImportException if one depends on the batch size or is out of range
   */
  List<Integer> toInts(String what) {
    return toLongs(what).stream().map(v -> toInt(v, what)).toList();
  }

  static int toInt(long value, String what) {
    if (value != (int) value) {
      throw new ImportException(what + " has the value " + value + ", which is out of range");
    }
    return (int) value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IntConstant c
        && rank == c.rank
        && Arrays.equals(values, c.values)
        && Arrays.equals(batch, c.batch);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}
