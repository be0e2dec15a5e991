package dev.graft.core.op.recurrent;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a recurrent layer over all time steps: the order of the steps, where its part of
 * each tensor lies, and arithmetic on the numbers of one step.
 *
 * @param way number of the direction
 */
record Sweep(Backend backend, Recurrent layer, Extent e, int way) {

  private static final int[] ONE = {1};

  /** The time of the step that comes after {@code s} others. */
  int time(int s) {
    return layer.direction().reverses(way) ? e.steps() - 1 - s : s;
  }

  /** This direction's part of a tensor that has directions as its first axis. */
  Buffer part(Tensor all) {
    int n = all.shape().elements() / e.ways();
    return all.buffer().slice(way * n, n);
  }

  /** The same, or null where there is no tensor. */
  @Nullable Buffer partOf(@Nullable Tensor all) {
    return all == null ? null : part(all);
  }

  /** This direction's gates. */
  Gates gates(int count, Tensor all) {
    return new Gates(backend, e, count, part(all));
  }

  /** The numbers of time t in {@code y [T,D,N,H]}. */
  Buffer at(Tensor y, int t) {
    return y.buffer().slice((t * e.ways() + way) * e.state(), e.state());
  }

  /** The numbers of time t in a sequence {@code [T,N,H]}. */
  Buffer at(Buffer sequence, int t) {
    return sequence.slice(t * e.state(), e.state());
  }

  /**
   * The state that each step was given, {@code [T,N,H]}, from the state after each.
   *
   * @param initial before the first step; null for zero
   */
  void before(Tensor y, @Nullable Buffer initial, Buffer before) {
    if (e.steps() == 0) {
      return;
    }
    set(initial, at(before, time(0)));
    boolean reversed = layer.direction().reverses(way);
    int state = e.state();
    int from = (reversed ? e.ways() + way : way) * state;
    int[] box = {e.steps() - 1, state};
    int[] rows = {e.ways() * state, 1};
    int[] dense = {state, 1};
    if (e.steps() > 1) {
      backend.copy(box, y.buffer(), from, rows, reversed ? 0 : state, dense, before);
    }
  }

  /** {@code y = x}, zero where that is null. */
  void set(@Nullable Buffer x, Buffer y) {
    if (x == null) {
      backend.fill(e.state(), 0, y);
    } else {
      backend.copy(e.state(), x, y);
    }
  }

  /** {@code y = a b}; y may be a or b. */
  void multiply(Buffer a, Buffer b, Buffer y) {
    backend.binary(BinaryOp.MUL, new int[] {e.state()}, a, ONE, b, ONE, y);
  }

  /** The same over all steps. */
  void multiplyAll(Buffer a, Buffer b, Buffer y) {
    backend.binary(BinaryOp.MUL, new int[] {e.sequence()}, a, ONE, b, ONE, y);
  }

  /** {@code y = a - b}; y may be a or b. */
  void subtract(Buffer a, Buffer b, Buffer y) {
    backend.binary(BinaryOp.SUB, new int[] {e.state()}, a, ONE, b, ONE, y);
  }

  /** {@code y += x}. */
  void add(Buffer x, Buffer y) {
    backend.axpy(e.state(), 1, x, y);
  }

  /** {@code y = f(x)}, where x is bounded first: what it holds then is what f was given. */
  void gate(int function, Buffer x, Buffer y) {
    double clip = layer.clip();
    if (clip != Double.POSITIVE_INFINITY) {
      backend.unary(UnaryOp.CLIP, -clip, clip, e.state(), x, x);
    }
    activate(function, x, y);
  }

  /** The gradient of {@link #gate}, in place. */
  void gateGradient(int function, Buffer x, Buffer y, Buffer gradient) {
    activationGradient(function, x, y, gradient);
    double clip = layer.clip();
    if (clip != Double.POSITIVE_INFINITY) {
      backend.unaryGradient(UnaryOp.CLIP, -clip, clip, e.state(), x, gradient, gradient);
    }
  }

  /** {@code y = f(x)}; y may be x. */
  void activate(int function, Buffer x, Buffer y) {
    layer.function(way, function).apply(backend, e.state(), x, y);
  }

  /** The gradient of {@link #activate}, in place. */
  void activationGradient(int function, Buffer x, Buffer y, Buffer gradient) {
    layer.function(way, function).gradient(backend, e.state(), x, y, gradient, gradient);
  }

  /**
   * The biases beside the weights of the features, plus the first {@code count} of those beside the
   * weights of the state.
   *
   * @param sum room for that, as many elements as there are units
   * @return null where there are no biases
   */
  @Nullable Buffer biases(Forward call, int count, Buffer sum) {
    Tensor b = call.optional(Recurrent.B);
    if (b == null) {
      return null;
    }
    backend.copy(units(), part(b), sum);
    Buffer ofState = stateBiases(call);
    if (ofState != null) {
      backend.axpy(count, 1, ofState, sum);
    }
    return sum;
  }

  /** The biases beside the weights of the state; null where there are none. */
  @Nullable Buffer stateBiases(Forward call) {
    Tensor b = call.optional(Recurrent.B);
    return b != null && b.shape().size(1) > units() ? part(b).slice(units(), units()) : null;
  }

  /** Biases of one kind. */
  private int units() {
    return layer.gates() * e.hidden();
  }

  /**
   * The gradients to the features, summed over the directions, and to their weights and biases.
   *
   * @param gates gradients to what the gates were given
   */
  void featureGradients(Backward call, Gates gates) {
    if (call.needs().of(Recurrent.X)) {
      Buffer dx = call.gradient(Recurrent.X).buffer();
      gates.inputGradient(part(call.input(Recurrent.W)), way == 0 ? 0 : 1, dx);
    }
    if (call.needs().of(Recurrent.W)) {
      Buffer dw = part(call.gradient(Recurrent.W));
      gates.weightGradient(call.input(Recurrent.X).buffer(), e.features(), dw);
    }
    if (call.needs().of(Recurrent.B)) {
      Buffer db = part(call.gradient(Recurrent.B));
      gates.unitGradient(db);
      Buffer ofState = stateBiasGradient(call);
      if (ofState != null) {
        backend.copy(units(), db, ofState);
      }
    }
  }

  /** Where the gradient to the biases beside the weights of the state goes; null for nowhere. */
  @Nullable Buffer stateBiasGradient(Backward call) {
    Tensor db = call.gradient(Recurrent.B);
    return db.shape().size(1) > units() ? part(db).slice(units(), units()) : null;
  }
}
