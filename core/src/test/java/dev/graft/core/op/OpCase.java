package dev.graft.core.op;

import dev.graft.core.backend.Rng;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An operation with inputs to try it on.
 *
 * @param name what is special about it; its random numbers follow from it
 * @param op the operation
 * @param inputs what it is fed; null for an optional input that is absent
 */
record OpCase(String name, Op op, List<@Nullable Input> inputs) {

  /** One seed for all: a failure names the case, and the case names the numbers. */
  static final long SEED = 20;

  /**
   * One input.
   *
   * @param shape its sizes
   * @param values how its elements are drawn
   */
  record Input(Shape shape, Values values) {

    /** The tensor of these elements: floats in double precision, or whole numbers. */
    Tensor tensor(ReferenceBackend backend, double[] elements) {
      if (isWhole()) {
        return whole(elements);
      }
      Tensor tensor = Tensor.allocate(backend, shape);
      backend.upload(elements, 0, elements.length, tensor.buffer());
      return tensor;
    }

    boolean isWhole() {
      return values == Values.POSITIONS;
    }

    Tensor whole(double[] elements) {
      return Tensor.whole(shape, Arrays.stream(elements).mapToLong(x -> (long) x).toArray());
    }

    /** What is known of it where its shape is {@code shape}. */
    Fact fact(Shape shape) {
      return Fact.of(isWhole() ? ElementType.INT64 : ElementType.FLOAT32, shape);
    }
  }

  OpCase {
    inputs = Collections.unmodifiableList(new ArrayList<>(inputs));
  }

  static OpCase of(String name, Op op) {
    return new OpCase(name, op, List.of());
  }

  /** This case with one more input. */
  OpCase with(Values values, int... sizes) {
    return withInput(new Input(Shape.of(sizes), values));
  }

  /** This case with an optional input left out. */
  OpCase without() {
    return withInput(null);
  }

  private OpCase withInput(@Nullable Input input) {
    List<@Nullable Input> more = new ArrayList<>(inputs);
    more.add(input);
    return new OpCase(name, op, more);
  }

  /** This case with one more smooth input. */
  OpCase with(int... sizes) {
    return with(Values.SIGNED, sizes);
  }

  List<@Nullable Shape> shapes() {
    return inputs.stream().<@Nullable Shape>map(i -> i == null ? null : i.shape()).toList();
  }

  /** Whether input {@code i} is there. */
  boolean has(int i) {
    return inputs.get(i) != null;
  }

  /** The inputs' elements, none of one that is absent. */
  double[][] draw() {
    long key = key();
    return IntStream.range(0, inputs.size())
        .mapToObj(
            i ->
                has(i)
                    ? inputs.get(i).values().draw(inputs.get(i).shape(), Rng.key(key, i))
                    : new double[0])
        .toArray(double[][]::new);
  }

  /** The key of this case's random numbers. */
  long key() {
    return Rng.key(SEED, name);
  }

  /** Positions of the inputs where a gradient can be asked for. */
  List<Integer> differentiable() {
    return IntStream.range(0, inputs.size())
        .filter(i -> has(i) && op.differentiable(i))
        .boxed()
        .toList();
  }

  /** Every choice of wanted gradients, from none to all. */
  List<Needs> masks() {
    List<Integer> positions = differentiable();
    List<Needs> masks = new ArrayList<>();
    for (int bits = 0; bits < 1 << positions.size(); bits++) {
      boolean[] wanted = new boolean[inputs.size()];
      for (int i = 0; i < positions.size(); i++) {
        wanted[positions.get(i)] = (bits >> i & 1) == 1;
      }
      masks.add(Needs.of(wanted));
    }
    return masks;
  }

  /** Every choice of outputs that a loss can depend on, all of them first. */
  List<List<Integer>> outputMasks() {
    List<Integer> positions =
        IntStream.range(0, op.outputShapes(shapes()).size())
            .filter(op::differentiableOutput)
            .boxed()
            .toList();
    List<List<Integer>> masks = new ArrayList<>();
    for (int bits = (1 << positions.size()) - 1; bits > 0; bits--) {
      int chosen = bits;
      masks.add(positions.stream().filter(p -> (chosen >> positions.indexOf(p) & 1) == 1).toList());
    }
    return masks.isEmpty() ? List.of(List.of(0)) : masks;
  }

  /** The choice that wants every gradient there is. */
  Needs allNeeds() {
    List<Needs> masks = masks();
    return masks.get(masks.size() - 1);
  }

  @Override
  public String toString() {
    return name + " (seed " + SEED + ")";
  }
}
