package dev.graft.importers.graph;

import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import java.util.Arrays;
import java.util.List;

/**
 * Carries out at import what depends on no input. A small file may ask for any amount of work, so
 * there are bounds: what lies beyond stays a node, or is refused where it must be known.
 */
public final class ConstantFolding {

  /** Elements that folding may make beyond those it reads, over the whole file. */
  private static final long MAX_GROWTH = 1L << 24;

  /** How often the stored tensors of a file may be made anew: transposed, say, then cut. */
  private static final int MAX_TIMES = 4;

  private static final long MAX_MULTIPLY_ADDS = 1L << 26;

  /** Whole numbers are moved as float positions, which are exact up to here. */
  private static final int MAX_INTEGERS = 1 << 24;

  private final Backend backend;
  private long growth;
  private long left = MAX_GROWTH;

  /**
   * @param backend that computes
   */
  ConstantFolding(Backend backend) {
    this.backend = backend;
  }

  /** Counts the elements of a stored tensor, which allow for as much work as the file is large. */
  public void grant(Tensor stored) {
    left += (long) MAX_TIMES * stored.shape().elements();
  }

  /**
   * Takes {@code made} elements out of what is allowed.
   *
   * @param read elements they are made from
   * @return whether there are so many left
   */
  public boolean allows(long made, long read) {
    long grown = Math.max(0, made - read);
    if (growth + grown > MAX_GROWTH || made > left) {
      return false;
    }
    growth += grown;
    left -= made;
    return true;
  }

  /** Whether {@code op} on stored tensors of these shapes is carried out here. */
  boolean takes(FoldRule rule, Op op, List<Shape> shapes, List<Shape> results) {
    return rule != FoldRule.NEVER
        && op.multiplyAdds(shapes) <= MAX_MULTIPLY_ADDS
        && allows(elements(results), elements(shapes));
  }

  private static long elements(List<Shape> shapes) {
    return shapes.stream().mapToLong(Shape::elements).sum();
  }

  /** The outputs of {@code op}, each in memory of its own. */
  List<Tensor> evaluate(Op op, List<Tensor> reads) {
    Tape tape = new Tape(backend);
    List<Value> values = reads.stream().map(t -> tape.constant(t.upload(backend))).toList();
    // Through a copy: a view of a stored tensor would tie the two together.
    return tape.apply(op, 0, values).stream()
        .map(Value::tensor)
        .map(
            result ->
                Tensor.of(
                    result.shape(),
                    Arrays.copyOf(result.download(backend), result.shape().elements())))
        .toList();
  }

  /**
   * {@code op} on whole numbers.
   *
   * @throws ImportException if it is none of those that shapes are computed with
   */
  WholeNumbers apply(FoldRule rule, Op op, List<WholeNumbers> reads) {
    List<Shape> shapes = reads.stream().map(WholeNumbers::shape).toList();
    Shape result = op.outputShapes(shapes).get(0);
    long read = elements(shapes);
    if (read > MAX_INTEGERS || !allows(result.elements(), read)) {
      throw new ImportException("makes too many whole numbers at import: " + result);
    }
    return switch (rule) {
      case ARITHMETIC ->
          broadcast(reads.get(0), result).combine(op.type(), broadcast(reads.get(1), result));
      case MOVES -> moved(op, reads, shapes);
      case NEVER, FLOATS ->
          throw new ImportException(
              "computes with whole numbers; only arithmetic on shapes is supported");
    };
  }

  /** Positions take the way of the elements, and are exact as floats. */
  private WholeNumbers moved(Op op, List<WholeNumbers> reads, List<Shape> shapes) {
    Tensor[] positions = new Tensor[reads.size()];
    int first = 0;
    for (int i = 0; i < positions.length; i++) {
      positions[i] = positions(shapes.get(i), first);
      first += reads.get(i).size();
    }
    return picked(WholeNumbers.joined(reads), evaluate(op, List.of(positions)).get(0));
  }

  private WholeNumbers broadcast(WholeNumbers value, Shape to) {
    if (value.shape().equals(to)) {
      return value;
    }
    List<Tensor> reads = List.of(positions(value.shape(), 0), Tensor.zeros(to));
    return picked(value, evaluate(new Add(), reads).get(0));
  }

  private static Tensor positions(Shape shape, int first) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + i;
    }
    return Tensor.of(shape, values);
  }

  private static WholeNumbers picked(WholeNumbers from, Tensor positions) {
    float[] at = positions.toArray();
    int[] whole = new int[at.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (int) at[i];
    }
    return from.pick(positions.shape(), whole);
  }
}
