package dev.graft.core.op.recurrent;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gated recurrent unit (Cho et al., EMNLP 2014). In each step, of the features x and the state h,
 *
 * <pre>{@code
 * z = f(x wz^T + h rz^T + bz)    q = f(x wq^T + h rq^T + bq)    h' = (1 - z) k + z h
 * k = g(x wk^T + wbk + (q h) rk^T + rbk)        where the state is reset before its product
 * k = g(x wk^T + wbk + q (h rk^T + rbk))        where its product is reset
 * }</pre>
 *
 * with the gates in ONNX's order z, reset q, candidate k, and {@code f, g} as {@code activations}
 * for each direction. Inputs and outputs as {@link Recurrent} has them: x, w, r, b, no lengths, h;
 * y, h. ONNX GRU (7, 14, 22).
 *
 * @param hidden number of units
 * @param direction which way it goes
 * @param activations f and g for each direction
 * @param clip bounds the magnitude of what f and g are given; infinite for no bound
 * @param linearBeforeReset whether the product is reset rather than the state, as in PyTorch and in
 *     Keras with {@code reset_after}
 */
public record Gru(
    int hidden,
    Direction direction,
    List<Activation> activations,
    double clip,
    boolean linearBeforeReset)
    implements Recurrent {

  private static final int UPDATE = 0;
  private static final int RESET = 1;
  private static final int CANDIDATE = 2;

  /** Number of the function of each gate, in the gates' order. */
  private static final int[] FUNCTIONS = {0, 0, 1};

  public Gru {
    activations = List.copyOf(activations);
    Recurrent.expectAttributes("GRU", hidden, 2 * direction.count(), activations, clip);
  }

  /** With the functions of the paper: logistic gates, hyperbolic tangents else. */
  public static Gru of(int hidden, Direction direction, boolean linearBeforeReset) {
    List<Activation> functions = direction.each(Activation.SIGMOID, Activation.TANH);
    return new Gru(hidden, direction, functions, Double.POSITIVE_INFINITY, linearBeforeReset);
  }

  @Override
  public String type() {
    return "GRU";
  }

  @Override
  public int gates() {
    return FUNCTIONS.length;
  }

  @Override
  public int functions() {
    return 2;
  }

  @Override
  public int states() {
    return 1;
  }

  /** Each step's gradient reads the state it was given. */
  @Override
  public Saves saves(Needs needs) {
    Saves saves = Recurrent.super.saves(needs);
    return needs.any() ? saves.andInputs(INITIAL).andOutputs(0) : saves;
  }

  /** What the gates gave, the product that is reset, and what the gates were given. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    Extent e = Extent.of(this, inputs.get(X));
    List<Shape> shapes = new ArrayList<>(List.of(e.sequences(gates())));
    if (linearBeforeReset) {
      shapes.add(e.sequences(1));
    }
    if (needs.any() && keepsSums()) {
      shapes.add(e.sequences(gates()));
    }
    return shapes;
  }

  /** What forward leaves of one direction. */
  private record Left(Gates gates, Gates sums, @Nullable Gates product) {

    static Left of(Gru gru, Sweep sweep, List<Tensor> scratch) {
      Gates gates = sweep.gates(gru.gates(), scratch.get(0));
      int kept = gru.linearBeforeReset ? 2 : 1;
      return new Left(
          gates,
          scratch.size() > kept ? sweep.gates(gru.gates(), scratch.get(kept)) : gates,
          gru.linearBeforeReset ? sweep.gates(1, scratch.get(1)) : null);
    }
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
    Left left = Left.of(this, sweep, call.scratch());
    Gates gates = left.gates();
    Gates sums = left.sums();
    Buffer product = call.temporary(1).buffer();
    Buffer r = sweep.part(call.input(R));
    project(call, sweep, left);
    Buffer h = sweep.partOf(call.optional(INITIAL));
    for (int s = 0; s < sweep.e().steps(); s++) {
      int t = sweep.time(s);
      if (h != null) {
        sums.only(UPDATE, CANDIDATE).addProduct(t, h, gateWeights(r));
      }
      sweep.gate(FUNCTIONS[UPDATE], sums.at(UPDATE, t), gates.at(UPDATE, t));
      sweep.gate(FUNCTIONS[RESET], sums.at(RESET, t), gates.at(RESET, t));
      if (left.product() != null) {
        if (h != null) {
          left.product().addProduct(t, h, candidateWeights(r));
        }
        sweep.multiply(gates.at(RESET, t), left.product().at(0, t), product);
        sweep.add(product, sums.at(CANDIDATE, t));
      } else if (h != null) {
        sweep.multiply(gates.at(RESET, t), h, product);
        sums.only(CANDIDATE, 1).addProduct(t, product, candidateWeights(r));
      }
      Buffer candidate = gates.at(CANDIDATE, t);
      sweep.gate(FUNCTIONS[CANDIDATE], sums.at(CANDIDATE, t), candidate);
      // h' = k + z (h - k).
      Buffer y = sweep.at(call.output(), t);
      difference(sweep, h, candidate, product);
      sweep.multiply(gates.at(UPDATE, t), product, y);
      sweep.add(candidate, y);
      h = y;
    }
    sweep.set(h, sweep.part(call.output(1)));
  }

  /** The candidate's bias beside the weights of the state belongs to what is reset. */
  private void project(Forward call, Sweep sweep, Left left) {
    int added = (linearBeforeReset ? CANDIDATE : gates()) * hidden;
    Buffer biases = sweep.biases(call, added, call.temporary(0).buffer());
    left.sums().project(call.input(X).buffer(), sweep.part(call.input(W)), biases);
    if (left.product() != null) {
      Buffer ofState = sweep.stateBiases(call);
      if (ofState == null) {
        call.backend().fill(sweep.e().sequence(), 0, left.product().all());
      } else {
        left.product().fill(ofState.slice(CANDIDATE * hidden, hidden));
      }
    }
  }

  /** {@code y = h - k}, where h may be null for zero. */
  private static void difference(Sweep sweep, @Nullable Buffer h, Buffer k, Buffer y) {
    if (h == null) {
      sweep.backend().unary(UnaryOp.NEG, 0, 0, sweep.e().state(), k, y);
    } else {
      sweep.subtract(h, k, y);
    }
  }

  private Buffer gateWeights(Buffer r) {
    return r.slice(0, CANDIDATE * hidden * hidden);
  }

  private Buffer candidateWeights(Buffer r) {
    return r.slice(CANDIDATE * hidden * hidden, hidden * hidden);
  }

  /** Numbers of backward's temporaries. */
  private enum Temporary {
    /** Gradients to what the gates were given. */
    GATES,
    /** To the state that a step yields, and to the one it was given. */
    STATE,
    BEFORE,
    PRODUCT,
    /** To the product that is reset, over all steps. */
    RESETS,
    /** The state that each step was given. */
    GIVEN;

    Buffer of(Backward call) {
      return call.temporary(ordinal()).buffer();
    }
  }

  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    Extent e = Extent.of(this, inputs.get(X));
    Shape gates = Shape.of(gates(), e.steps(), e.samples(), hidden);
    Shape none = Shape.of(0);
    return List.of(
        gates,
        e.oneState(),
        e.oneState(),
        e.oneState(),
        linearBeforeReset ? e.oneSequence() : none,
        needs.of(R) ? e.oneSequence() : none);
  }

  @Override
  public void backward(Backward call) {
    Extent e = Extent.of(this, call.inputShapes().get(X));
    for (int way = 0; way < direction.count(); way++) {
      Sweep sweep = new Sweep(call.backend(), this, e, way);
      Gates gradients = new Gates(call.backend(), e, gates(), Temporary.GATES.of(call));
      Gates resets = new Gates(call.backend(), e, 1, Temporary.RESETS.of(call));
      throughTime(call, sweep, gradients, resets);
      sweep.featureGradients(call, gradients);
      Buffer biases = call.needs().of(B) ? sweep.stateBiasGradient(call) : null;
      if (biases != null && linearBeforeReset) {
        resets.unitGradient(biases.slice(CANDIDATE * hidden, hidden));
      }
      if (call.needs().of(R)) {
        stateWeights(call, sweep, gradients, resets);
      }
    }
  }

  /**
   * With the gradient dh to the state after a step: {@code dz = dh (h - k)}, {@code dk = dh (1 -
   * z)}, {@code dh before = dh z + …}, where the rest comes through the gates and, reset, through
   * the candidate.
   */
  private void throughTime(Backward call, Sweep sweep, Gates gradients, Gates resets) {
    Left left = Left.of(this, sweep, call.scratch());
    Gates gates = left.gates();
    Tensor y = call.output();
    Buffer r = sweep.part(call.input(R));
    Buffer initial = sweep.partOf(call.optional(INITIAL));
    Buffer dh = Temporary.STATE.of(call);
    Buffer before = Temporary.BEFORE.of(call);
    Buffer product = Temporary.PRODUCT.of(call);
    sweep.set(sweep.partOf(call.outputGradient(1)), dh);
    for (int s = sweep.e().steps() - 1; s >= 0; s--) {
      int t = sweep.time(s);
      Tensor dy = call.outputGradient(0);
      if (dy != null) {
        sweep.add(sweep.at(dy, t), dh);
      }
      Buffer h = s > 0 ? sweep.at(y, sweep.time(s - 1)) : initial;
      difference(sweep, h, gates.at(CANDIDATE, t), product);
      sweep.multiply(dh, product, gradients.at(UPDATE, t));
      sweep.multiply(dh, gates.at(UPDATE, t), before);
      Buffer dk = gradients.at(CANDIDATE, t);
      sweep.subtract(dh, before, dk);
      gateGradient(sweep, left, gradients, CANDIDATE, t);
      if (linearBeforeReset) {
        sweep.multiply(dk, left.product().at(0, t), gradients.at(RESET, t));
        sweep.multiply(dk, gates.at(RESET, t), resets.at(0, t));
        resets.stateGradient(t, candidateWeights(r), 1, before);
      } else {
        gradients.only(CANDIDATE, 1).stateGradient(t, candidateWeights(r), 0, product);
        if (h == null) {
          sweep.set(null, gradients.at(RESET, t));
        } else {
          sweep.multiply(product, h, gradients.at(RESET, t));
        }
        sweep.multiply(product, gates.at(RESET, t), product);
        sweep.add(product, before);
      }
      gateGradient(sweep, left, gradients, UPDATE, t);
      gateGradient(sweep, left, gradients, RESET, t);
      gradients.only(UPDATE, CANDIDATE).stateGradient(t, gateWeights(r), 1, before);
      Buffer swapped = dh;
      dh = before;
      before = swapped;
    }
    if (call.needs().of(INITIAL)) {
      sweep.set(dh, sweep.part(call.gradient(INITIAL)));
    }
  }

  private static void gateGradient(Sweep sweep, Left left, Gates gradients, int gate, int t) {
    sweep.gateGradient(
        FUNCTIONS[gate], left.sums().at(gate, t), left.gates().at(gate, t), gradients.at(gate, t));
  }

  /** Sums over all steps, in one product each. */
  private void stateWeights(Backward call, Sweep sweep, Gates gradients, Gates resets) {
    Backend backend = call.backend();
    Buffer given = Temporary.GIVEN.of(call);
    Buffer dr = sweep.part(call.gradient(R));
    sweep.before(call.output(), sweep.partOf(call.optional(INITIAL)), given);
    gradients.only(UPDATE, CANDIDATE).weightGradient(given, hidden, gateWeights(dr));
    if (linearBeforeReset) {
      resets.weightGradient(given, hidden, candidateWeights(dr));
    } else {
      Gates reset = Left.of(this, sweep, call.scratch()).gates().only(RESET, 1);
      sweep.multiplyAll(given, reset.all(), given);
      gradients.only(CANDIDATE, 1).weightGradient(given, hidden, candidateWeights(dr));
    }
  }
}
