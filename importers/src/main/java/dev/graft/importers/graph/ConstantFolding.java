package dev.graft.importers.graph;

import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Carries out at import what depends on no input. A small file may ask for any amount of work, so
 * there are bounds: what lies beyond stays a node, or is refused where it must be known.
 */
public final class ConstantFolding {

  private static final long MAX_MULTIPLY_ADDS = 1L << 26;

  /** Whole numbers are moved as float positions, which are exact up to here. */
  private static final int MAX_INTEGERS = 1 << 24;

  /**
   * Bytes that arithmetic on a whole number takes: positions, numbers, and what of them is open.
   */
  private static final int WHOLE_NUMBER_BYTES = 32;

  private final Backend backend;
  private final ReadAllowance allowance;

  /**
   * @param backend that computes, in host memory
   * @param allowance bounds the memory that is taken
   */
  ConstantFolding(Backend backend, ReadAllowance allowance) {
    this.backend = backend;
    this.allowance = allowance;
  }

  /**
   * Counts whole numbers that are about to be made.
   *
   * @throws ImportException if the file is too small to ask for so many
   */
  public void expectWholeNumbers(long count) {
    allowance.expect(
        count * WHOLE_NUMBER_BYTES, "makes too many whole numbers at import: " + count);
  }

  /**
   * Counts a float constant that is about to be made.
   *
   * @throws ImportException if the file is too small to ask for it
   */
  public void expectFloats(Shape shape) {
    allowance.expect(bytes(shape), "makes too large a constant at import: " + shape);
  }

  /**
   * A constant of one value. A file of kilobytes may stand for a network whose weights are all
   * equal, so what goes beyond its size is made where there is memory for it.
   *
   * @throws ImportException if there is not
   */
  public Tensor filled(Shape shape, float value) {
    long bytes = bytes(shape);
    if (!allowance.allows(bytes) && backend.availableBytes(bytes) < bytes) {
      throw new ImportException(
          "makes a constant "
              + shape
              + " at import, "
              + (bytes >> 20)
              + " MiB, for which the heap has no room; raise it with -Xmx");
    }
    float[] values = new float[shape.elements()];
    Arrays.fill(values, value);
    return Tensor.of(shape, values);
  }

  private static long bytes(Shape shape) {
    return (long) Float.BYTES * shape.elements();
  }

  /** Whether {@code op} on stored tensors of these shapes is carried out here. */
  boolean takes(FoldRule rule, Op op, List<Shape> shapes, List<Shape> results) {
    return rule != FoldRule.NEVER
        && op.multiplyAdds(shapes) <= MAX_MULTIPLY_ADDS
        && allowance.allows(
            Float.BYTES * (elements(results) + elements(op.forwardTemporaries(shapes))));
  }

  private static long elements(List<Shape> shapes) {
    return shapes.stream().mapToLong(Shape::elements).sum();
  }

  /** The outputs of {@code op}; a view shares the memory of what it reads. */
  List<Tensor> evaluate(Op op, List<Tensor> reads) {
    Tape tape = new Tape(backend);
    List<Value> values = reads.stream().map(tape::constant).toList();
    return tape.apply(op, 0, values).stream().map(Value::tensor).toList();
  }

  /**
   * {@code op} on whole numbers.
   *
   * @throws ImportException if it is none of those that shapes are computed with
   */
  List<WholeNumbers> apply(FoldRule rule, Op op, List<WholeNumbers> reads) {
    List<Shape> shapes = reads.stream().map(WholeNumbers::shape).toList();
    Shape result = op.outputShapes(shapes).get(0);
    long read = elements(shapes);
    if (read > MAX_INTEGERS) {
      throw new ImportException("makes too many whole numbers at import: " + result);
    }
    expectWholeNumbers(read + result.elements());
    return switch (rule) {
      case ARITHMETIC ->
          List.of(
              broadcast(reads.get(0), result).combine(op.type(), broadcast(reads.get(1), result)));
      case NUMBERS -> computed(op, reads);
      case MOVES -> moved(op, reads, shapes);
      case NEVER, FLOATS ->
          throw new ImportException(
              "computes with whole numbers; only arithmetic on shapes is supported");
    };
  }

  /** Positions take the way of the elements, and are exact as floats. */
  private List<WholeNumbers> moved(Op op, List<WholeNumbers> reads, List<Shape> shapes) {
    Tensor[] positions = new Tensor[reads.size()];
    int first = 0;
    for (int i = 0; i < positions.length; i++) {
      positions[i] = positions(shapes.get(i), first);
      first += reads.get(i).size();
    }
    WholeNumbers all = WholeNumbers.joined(reads);
    return evaluate(op, List.of(positions)).stream().map(at -> picked(all, at)).toList();
  }

  /** In double precision, where whole numbers of shapes and positions are exact. */
  private static List<WholeNumbers> computed(Op op, List<WholeNumbers> reads) {
    ReferenceBackend exact = new ReferenceBackend();
    Tape tape = new Tape(exact);
    List<Value> values = new ArrayList<>();
    for (WholeNumbers read : reads) {
      double[] numbers = Arrays.stream(read.known("a number")).asDoubleStream().toArray();
      Buffer buffer = new ReferenceBackend.DoubleBuffer(numbers, 0, numbers.length);
      values.add(tape.constant(new Tensor(read.shape(), buffer)));
    }
    return tape.apply(op, 0, values).stream()
        .map(Value::tensor)
        .map(
            tensor -> {
              double[] results = exact.values(tensor.buffer(), tensor.shape().elements());
              long[] whole = Arrays.stream(results).mapToLong(Math::round).toArray();
              return WholeNumbers.of(tensor.shape(), whole);
            })
        .toList();
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
