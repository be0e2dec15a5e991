package dev.graft.core.op.recurrent;

import dev.graft.core.backend.Buffer;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Long short-term memory (Hochreiter and Schmidhuber, Neural Computation 1997, with the forget gate
 * of Gers et al., 2000). In each step, of the features x, the state h and the cell c,
 *
 * <pre>{@code
 * i = f(x wi^T + h ri^T + bi)    o = f(x wo^T + h ro^T + bo)    e = f(x we^T + h re^T + be)
 * k = g(x wk^T + h rk^T + bk)    c' = e c + i k                 h' = o s(c')
 * }</pre>
 *
 * with the gates in ONNX's order i, o, forget e, candidate k, and {@code f, g, s} as {@code
 * activations} for each direction. Inputs and outputs as {@link Recurrent} has them: x, w, r, b, no
 * lengths, h, c; y, h, c. ONNX LSTM (7, 14, 22) without peepholes.
 *
 * @param hidden number of units
 * @param direction which way it goes
 * @param activations f, g and s for each direction
 * @param clip bounds the magnitude of what f and g are given; infinite for no bound
 */
public record Lstm(int hidden, Direction direction, List<Activation> activations, double clip)
    implements Recurrent {

  private static final int INPUT = 0;
  private static final int OUTPUT = 1;
  private static final int FORGET = 2;
  private static final int CANDIDATE = 3;

  /** Number of the function of each gate, in the gates' order. */
  private static final int[] FUNCTIONS = {0, 0, 0, 1};

  /** Number of the function of the cell. */
  private static final int SQUASH = 2;

  /** Position of the cell among the outputs. */
  private static final int LAST_CELL = 2;

  public Lstm {
    activations = List.copyOf(activations);
    Recurrent.expectAttributes("LSTM", hidden, 3 * direction.count(), activations, clip);
  }

  /** With the functions of the paper: logistic gates, hyperbolic tangents else. */
  public static Lstm of(int hidden, Direction direction) {
    List<Activation> functions =
        direction.each(Activation.SIGMOID, Activation.TANH, Activation.TANH);
    return new Lstm(hidden, direction, functions, Double.POSITIVE_INFINITY);
  }

  @Override
  public String type() {
    return "LSTM";
  }

  @Override
  public int gates() {
    return FUNCTIONS.length;
  }

  @Override
  public int functions() {
    return 3;
  }

  @Override
  public int states() {
    return 2;
  }

  /** Gates that forget start open (Jozefowicz et al., ICML 2015): one of their biases is 1. */
  @Override
  public Initializer initializer(int i, Shape stored) {
    return i != B
        ? Recurrent.super.initializer(i, stored)
        : (shape, key) -> {
          float[] values = new float[shape.elements()];
          for (int way = 0; way < direction.count(); way++) {
            int first = (way * 2 * gates() + FORGET) * hidden;
            Arrays.fill(values, first, first + hidden, 1);
          }
          return Tensor.of(shape, values);
        };
  }

  /** The forget gate's gradient is one of the cells, of which the first may be given. */
  @Override
  public Saves saves(Needs needs) {
    Saves saves = Recurrent.super.saves(needs);
    return needs.any() ? saves.andInputs(INITIAL + 1) : saves;
  }

  /** What the gates gave, the cells, their squashed values, and what the gates were given. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    Extent e = Extent.of(this, inputs.get(X));
    List<Shape> shapes = new ArrayList<>();
    shapes.add(e.sequences(gates()));
    shapes.add(e.sequences(1));
    shapes.add(e.sequences(1));
    if (needs.any() && keepsSums()) {
      shapes.add(e.sequences(gates()));
    }
    return shapes;
  }

  /** Biases added up, and a product. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return List.of(Shape.of(gates(), hidden), Extent.of(this, inputs.get(X)).oneState());
  }

  @Override
  public void forward(Forward call) {
    Extent e = Extent.of(this, call.input(X).shape());
    for (int way = 0; way < direction.count(); way++) {
      forward(call, new Sweep(call.backend(), this, e, way));
    }
  }

  private void forward(Forward call, Sweep sweep) {
    Gates gates = sweep.gates(gates(), call.scratch().get(0));
    Gates sums = call.scratch().size() > 3 ? sweep.gates(gates(), call.scratch().get(3)) : gates;
    Buffer cells = sweep.part(call.scratch().get(1));
    Buffer squashed = sweep.part(call.scratch().get(2));
    Buffer product = call.temporary(1).buffer();
    Buffer r = sweep.part(call.input(R));
    Buffer biases = sweep.biases(call, gates() * hidden, call.temporary(0).buffer());
    sums.project(call.input(X).buffer(), sweep.part(call.input(W)), biases);
    Buffer h = sweep.partOf(call.optional(INITIAL));
    Buffer c = sweep.partOf(call.optional(INITIAL + 1));
    for (int s = 0; s < sweep.e().steps(); s++) {
      int t = sweep.time(s);
      if (h != null) {
        sums.addProduct(t, h, r);
      }
      for (int gate = 0; gate < gates(); gate++) {
        sweep.gate(FUNCTIONS[gate], sums.at(gate, t), gates.at(gate, t));
      }
      Buffer cell = sweep.at(cells, t);
      sweep.multiply(gates.at(INPUT, t), gates.at(CANDIDATE, t), cell);
      if (c != null) {
        sweep.multiply(gates.at(FORGET, t), c, product);
        sweep.add(product, cell);
      }
      sweep.activate(SQUASH, cell, sweep.at(squashed, t));
      Buffer y = sweep.at(call.output(), t);
      sweep.multiply(gates.at(OUTPUT, t), sweep.at(squashed, t), y);
      h = y;
      c = cell;
    }
    sweep.set(h, sweep.part(call.output(1)));
    sweep.set(c, sweep.part(call.output(LAST_CELL)));
  }

  /** Numbers of backward's temporaries. */
  private enum Temporary {
    /** Gradients to what the gates were given. */
    GATES,
    /** To the state and to the cell that a step yields, then to those it was given. */
    STATE,
    CELL,
    PRODUCT,
    /** The state that each step was given. */
    BEFORE;

    Buffer of(Backward call) {
      return call.temporary(ordinal()).buffer();
    }
  }

  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    Extent e = Extent.of(this, inputs.get(X));
    Shape state = e.oneState();
    Shape gates = Shape.of(gates(), e.steps(), e.samples(), hidden);
    List<Shape> shapes = new ArrayList<>(List.of(gates, state, state, state));
    if (needs.of(R)) {
      shapes.add(e.oneSequence());
    }
    return shapes;
  }

  @Override
  public void backward(Backward call) {
    Extent e = Extent.of(this, call.inputShapes().get(X));
    for (int way = 0; way < direction.count(); way++) {
      Sweep sweep = new Sweep(call.backend(), this, e, way);
      Gates gradients = new Gates(call.backend(), e, gates(), Temporary.GATES.of(call));
      throughTime(call, sweep, gradients);
      weights(call, sweep, gradients);
    }
  }

  /**
   * With the gradients dh to the state and dc to the cell after a step: {@code do = dh s(c)},
   * {@code dc += dh o s'}, {@code di = dc k}, {@code dk = dc i}, {@code de = dc c before}, each
   * times its function's derivative; {@code dc before = dc e}, {@code dh before = Σ d r}.
   */
  private void throughTime(Backward call, Sweep sweep, Gates gradients) {
    Gates gates = sweep.gates(gates(), call.scratch().get(0));
    Gates sums = call.scratch().size() > 3 ? sweep.gates(gates(), call.scratch().get(3)) : gates;
    Buffer cells = sweep.part(call.scratch().get(1));
    Buffer squashed = sweep.part(call.scratch().get(2));
    Buffer r = sweep.part(call.input(R));
    Buffer dh = Temporary.STATE.of(call);
    Buffer dc = Temporary.CELL.of(call);
    Buffer product = Temporary.PRODUCT.of(call);
    sweep.set(sweep.partOf(call.outputGradient(1)), dh);
    sweep.set(sweep.partOf(call.outputGradient(LAST_CELL)), dc);
    for (int s = sweep.e().steps() - 1; s >= 0; s--) {
      int t = sweep.time(s);
      Tensor dy = call.outputGradient(0);
      if (dy != null) {
        sweep.add(sweep.at(dy, t), dh);
      }
      sweep.multiply(dh, sweep.at(squashed, t), gradients.at(OUTPUT, t));
      sweep.multiply(dh, gates.at(OUTPUT, t), product);
      sweep.activationGradient(SQUASH, sweep.at(cells, t), sweep.at(squashed, t), product);
      sweep.add(product, dc);
      sweep.multiply(dc, gates.at(CANDIDATE, t), gradients.at(INPUT, t));
      sweep.multiply(dc, gates.at(INPUT, t), gradients.at(CANDIDATE, t));
      Buffer before =
          s > 0 ? sweep.at(cells, sweep.time(s - 1)) : sweep.partOf(call.optional(INITIAL + 1));
      if (before == null) {
        sweep.set(null, gradients.at(FORGET, t));
      } else {
        sweep.multiply(dc, before, gradients.at(FORGET, t));
      }
      for (int gate = 0; gate < gates(); gate++) {
        sweep.gateGradient(
            FUNCTIONS[gate], sums.at(gate, t), gates.at(gate, t), gradients.at(gate, t));
      }
      sweep.multiply(dc, gates.at(FORGET, t), dc);
      gradients.stateGradient(t, r, 0, dh);
    }
    if (call.needs().of(INITIAL)) {
      sweep.set(dh, sweep.part(call.gradient(INITIAL)));
    }
    if (call.needs().of(INITIAL + 1)) {
      sweep.set(dc, sweep.part(call.gradient(INITIAL + 1)));
    }
  }

  /** Sums over all steps, in one product each. */
  private void weights(Backward call, Sweep sweep, Gates gradients) {
    sweep.featureGradients(call, gradients);
    if (call.needs().of(R)) {
      Buffer before = Temporary.BEFORE.of(call);
      sweep.before(call.output(), sweep.partOf(call.optional(INITIAL)), before);
      gradients.weightGradient(before, hidden, sweep.part(call.gradient(R)));
    }
  }
}
