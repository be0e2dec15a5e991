package dev.graft.core.op.recurrent;

import dev.graft.core.backend.Buffer;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The simple recurrent layer (Elman, Cognitive Science 1990): {@code h' = f(x w^T + h r^T + b)} in
 * each step, of the features x and the state h. Inputs and outputs as {@link Recurrent} has them:
 * x, w, r, b, no lengths, h; y, h. ONNX RNN (7, 14, 22).
 *
 * @param hidden number of units
 * @param direction which way it goes
 * @param activations f for each direction
 * @param clip bounds the magnitude of what f is given; infinite for no bound
 */
public record Rnn(int hidden, Direction direction, List<Activation> activations, double clip)
    implements Recurrent {

  public Rnn {
    activations = List.copyOf(activations);
    Recurrent.expectAttributes("RNN", hidden, direction.count(), activations, clip);
  }

  /** With hyperbolic tangents. */
  public static Rnn of(int hidden, Direction direction) {
    return new Rnn(hidden, direction, direction.each(Activation.TANH), Double.POSITIVE_INFINITY);
  }

  @Override
  public String type() {
    return "RNN";
  }

  @Override
  public int gates() {
    return 1;
  }

  @Override
  public int functions() {
    return 1;
  }

  @Override
  public int states() {
    return 1;
  }

  /** What f gave is the output itself. */
  @Override
  public Saves saves(Needs needs) {
    Saves saves = Recurrent.super.saves(needs);
    if (!needs.any()) {
      return saves;
    }
    boolean readsOutput = activations.stream().anyMatch(f -> f.kernel().savesOutput());
    Set<Integer> outputs = new HashSet<>(saves.outputs());
    if (readsOutput) {
      outputs.add(0);
    }
    return new Saves(saves.inputs(), outputs, keepsSums());
  }

  /** What f was given. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return List.of(Extent.of(this, inputs.get(X)).sequences(1));
  }

  /** Biases added up. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return List.of(Shape.of(hidden));
  }

  @Override
  public void forward(Forward call) {
    Extent e = Extent.of(this, call.input(X).shape());
    for (int way = 0; way < direction.count(); way++) {
      forward(call, new Sweep(call.backend(), this, e, way));
    }
  }

  private void forward(Forward call, Sweep sweep) {
    Gates sums = sweep.gates(1, call.scratch().get(0));
    Buffer biases = sweep.biases(call, hidden, call.temporary(0).buffer());
    sums.project(call.input(X).buffer(), sweep.part(call.input(W)), biases);
    Buffer r = sweep.part(call.input(R));
    Buffer h = sweep.partOf(call.optional(INITIAL));
    for (int s = 0; s < sweep.e().steps(); s++) {
      int t = sweep.time(s);
      if (h != null) {
        sums.addProduct(t, h, r);
      }
      h = sweep.at(call.output(), t);
      sweep.gate(0, sums.at(0, t), h);
    }
    sweep.set(h, sweep.part(call.output(1)));
  }

  /** Gradients to what f was given, to the state, and the state that each step was given. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    Extent e = Extent.of(this, inputs.get(X));
    return List.of(e.oneSequence(), e.oneState(), needs.of(R) ? e.oneSequence() : Shape.of(0));
  }

  @Override
  public void backward(Backward call) {
    Extent e = Extent.of(this, call.inputShapes().get(X));
    for (int way = 0; way < direction.count(); way++) {
      Sweep sweep = new Sweep(call.backend(), this, e, way);
      Gates gradients = new Gates(call.backend(), e, 1, call.temporary(0).buffer());
      throughTime(call, sweep, gradients);
      sweep.featureGradients(call, gradients);
      if (call.needs().of(R)) {
        Buffer given = call.temporary(2).buffer();
        sweep.before(call.output(), sweep.partOf(call.optional(INITIAL)), given);
        gradients.weightGradient(given, hidden, sweep.part(call.gradient(R)));
      }
    }
  }

  /**
   * With the gradient dh to the state after a step: {@code ds = dh f'}, {@code dh before = ds r}.
   */
  private void throughTime(Backward call, Sweep sweep, Gates gradients) {
    Gates sums = keepsSums() ? sweep.gates(1, call.scratch().get(0)) : gradients;
    boolean readsOutput = function(sweep.way(), 0).kernel().savesOutput();
    Buffer r = sweep.part(call.input(R));
    Buffer dh = call.temporary(1).buffer();
    sweep.set(sweep.partOf(call.outputGradient(1)), dh);
    for (int s = sweep.e().steps() - 1; s >= 0; s--) {
      int t = sweep.time(s);
      Tensor dy = call.outputGradient(0);
      if (dy != null) {
        sweep.add(sweep.at(dy, t), dh);
      }
      Buffer given = sums.at(0, t);
      sweep.gateGradient(0, given, readsOutput ? sweep.at(call.output(), t) : given, dh);
      sweep.set(dh, gradients.at(0, t));
      gradients.stateGradient(t, r, 0, dh);
    }
    if (call.needs().of(INITIAL)) {
      sweep.set(dh, sweep.part(call.gradient(INITIAL)));
    }
  }
}
