package dev.graft.core.op.recurrent;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all recurrent layers share. With T time steps, N samples, I features, H units, D {@link
 * Direction#count() directions} and G gates, the inputs are in ONNX's order
 *
 * <ul>
 *   <li>the sequence {@code x [T,N,I]},
 *   <li>the weights of the features {@code w [D,G H,I]}, gate after gate,
 *   <li>the weights of the state {@code r [D,G H,H]},
 *   <li>the biases {@code b [D,2 G H]}, those beside w before those beside r, or {@code [D,G H]},
 *       those beside w alone, as other systems have them; may be absent,
 *   <li>the length of each sequence, which must be absent: all have T steps,
 *   <li>the state before the first step {@code [D,N,H]}, for each {@link #states() state}; zero
 *       where it is absent,
 * </ul>
 *
 * and the outputs {@code y [T,D,N,H]}, the state h after every step, and the last of each state
 * {@code [D,N,H]}. Every output may have a gradient or none.
 */
public interface Recurrent extends Op {

  /** The sequence. */
  int X = 0;

  /** The weights of the features. */
  int W = 1;

  /** The weights of the state. */
  int R = 2;

  /** The biases. */
  int B = 3;

  /** The length of each sequence. */
  int LENGTHS = 4;

  /** The first of the states before the first step, which is h. */
  int INITIAL = 5;

  /** Number of units. */
  int hidden();

  /** Which way it goes. */
  Direction direction();

  /** The functions of a cell, {@link #functions()} of them for each direction. */
  List<Activation> activations();

  /** Bounds the magnitude of what each gate's function is given; infinite for no bound. */
  double clip();

  /** Number of gates, the candidate for the next state included. */
  int gates();

  /** Number of functions of a cell. */
  int functions();

  /** Number of states that a step hands to the next. */
  int states();

  /** Function {@code i} of the cell that goes in direction {@code way}. */
  default Activation function(int way, int i) {
    return activations().get(way * functions() + i);
  }

  /**
   * Whether backward reads what the gates' functions were given, and not only what they gave: where
   * a bound must be told from what lies within, or a function's gradient is one of its input.
   */
  default boolean keepsSums() {
    return clip() != Double.POSITIVE_INFINITY
        || activations().stream().anyMatch(f -> f.kernel().savesInput());
  }

  /**
   * The check of a constructor.
   *
   * @throws ShapeException if the attributes do not fit each other
   */
  static void expectAttributes(
      String type, int hidden, int functions, List<Activation> activations, double clip) {
    if (hidden < 1 || activations.size() != functions || !(clip > 0)) {
      throw new ShapeException(
          type
              + " expects a unit or more, "
              + functions
              + " activations and a positive clip, found "
              + hidden
              + ", "
              + activations.size()
              + " and "
              + clip);
    }
  }

  @Override
  default List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, B, INITIAL + states());
    Shape x = inputs.get(X);
    if (x.rank() != 3) {
      throw new ShapeException(type() + " expects a sequence [steps,samples,features], found " + x);
    }
    Size ways = Size.of(direction().count());
    Size units = Size.of((long) gates() * hidden());
    Size hidden = Size.of(hidden());
    expect("weight", inputs, W, Shape.ofSizes(ways, units, x.dim(2)));
    expect("recurrent weight", inputs, R, Shape.ofSizes(ways, units, hidden));
    Shape bias = given(inputs, B);
    boolean alone = bias != null && bias.rank() == 2 && bias.dim(1).is(gates() * hidden());
    expect("bias", inputs, B, Shape.ofSizes(ways, alone ? units : units.times(Size.of(2))));
    if (given(inputs, LENGTHS) != null) {
      throw new ShapeException(
          type() + ": sequences of several lengths are not supported; leave sequence_lens out");
    }
    Shape state = Shape.ofSizes(ways, x.dim(1), hidden);
    for (int i = 0; i < states(); i++) {
      expect("initial state", inputs, INITIAL + i, state);
    }
    List<Shape> outputs = new ArrayList<>();
    outputs.add(Shape.ofSizes(x.dim(0), ways, x.dim(1), hidden));
    outputs.addAll(Collections.nCopies(states(), state));
    return outputs;
  }

  private void expect(String what, List<Shape> inputs, int i, Shape expected) {
    Shape found = given(inputs, i);
    if (found != null && !found.fits(expected)) {
      throw new ShapeException(
          type()
              + ": its "
              + what
              + " is "
              + found
              + ", expected "
              + expected
              + "; check its size");
    }
  }

  private static @Nullable Shape given(List<Shape> inputs, int i) {
    return i < inputs.size() ? inputs.get(i) : null;
  }

  @Override
  default Set<Integer> parameterInputs() {
    return Set.of(W, R, B);
  }

  /** As in Keras, with normal numbers: Glorot's for the features, for the state their size. */
  @Override
  default Initializer initializer(int i, Shape stored) {
    return switch (i) {
      case W -> Initializer.normal(Math.sqrt(2.0 / (stored.size(2) + hidden())));
      case R -> Initializer.normal(Math.sqrt(1.0 / hidden()));
      default -> Initializer.ZEROS;
    };
  }

  @Override
  default boolean differentiable(int i) {
    return i != LENGTHS;
  }

  @Override
  default boolean differentiableOutput(int i) {
    return true;
  }

  /** The sequences, and the states before their first steps, lie along the second axis. */
  @Override
  default int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    for (int i = 0; i < axes.size(); i++) {
      boolean samples = i == X || i >= INITIAL && inputs.get(i) != null;
      if (axes.get(i) != (samples ? 1 : Samples.NONE)) {
        return Samples.MIXED;
      }
    }
    return 2;
  }

  @Override
  default int sampleAxis(int output, List<Fact> inputs, List<Integer> axes) {
    int axis = sampleAxis(inputs, axes);
    return output == 0 || axis < 0 ? axis : 1;
  }

  /** The weights of the state always: every gradient comes through all steps. */
  @Override
  default Saves saves(Needs needs) {
    if (!needs.any()) {
      return Saves.NOTHING;
    }
    Saves saves = Saves.inputs(R).andScratch();
    if (needs.of(X)) {
      saves = saves.andInputs(W);
    }
    if (needs.of(W)) {
      saves = saves.andInputs(X);
    }
    return needs.of(R) ? saves.andInputs(INITIAL).andOutputs(0) : saves;
  }

  @Override
  default long multiplyAdds(List<Shape> inputs) {
    Shape x = inputs.get(X);
    long units = (long) direction().count() * gates() * hidden();
    return x.elements(0, 2) * units * (x.size(2) + hidden());
  }
}
