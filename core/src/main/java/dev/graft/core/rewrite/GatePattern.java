package dev.graft.core.rewrite;

import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.activation.HardSigmoid;
import dev.graft.core.op.activation.HardSwish;
import dev.graft.core.op.activation.Mish;
import dev.graft.core.op.activation.Softplus;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Erf;
import dev.graft.core.op.arithmetic.Pow;
import dev.graft.core.tensor.Fact;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code number x gate(x)}: the functions of one element that multiply it with a gate. */
enum GatePattern implements Pattern {

  /** {@code x (1 + erf(x / sqrt(2))) / 2}. */
  GELU(0.5, new Gelu(false)) {
    @Override
    boolean isGate(Terms terms, String gate, String x) {
      String erf = terms.plus(1, gate);
      String scaled = erf == null ? null : terms.inside(Erf.class, erf);
      return scaled != null && isMultiple(terms.product(scaled), Math.sqrt(0.5), x);
    }
  },

  /** {@code x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2}. */
  GELU_TANH(0.5, new Gelu(true)) {
    @Override
    boolean isGate(Terms terms, String gate, String x) {
      String tanh = terms.plus(1, gate);
      String scaled = tanh == null ? null : terms.inside(Tanh.class, tanh);
      Terms.Product product = scaled == null ? null : terms.product(scaled);
      if (product == null || !product.has(Math.sqrt(2 / Math.PI), 1)) {
        return false;
      }
      Node sum = terms.only(Add.class, product.terms().get(0));
      return sum != null
          && sum.inputs().contains(x)
          && isCube(
              terms, terms.product(sum.inputs().get(sum.inputs().get(0).equals(x) ? 1 : 0)), x);
    }

    private boolean isCube(Terms terms, Terms.Product product, String x) {
      if (product.has(0.044715, 3)) {
        return product.terms().stream().allMatch(x::equals);
      }
      Node power = product.has(0.044715, 1) ? terms.only(Pow.class, product.terms().get(0)) : null;
      return power != null
          && power.inputs().get(0).equals(x)
          && terms.number(power.inputs().get(1)) == 3;
    }
  },

  /** {@code x min(max(x + 3, 0), 6) / 6}. */
  HARD_SWISH(1.0 / 6, new HardSwish()) {
    @Override
    boolean isGate(Terms terms, String gate, String x) {
      Node clip = terms.only(Clip.class, gate);
      return clip != null
          && clip.op().equals(new Clip(0, 6))
          && x.equals(terms.plus(3, clip.inputs().get(0)));
    }
  },

  /** The same with its gate as one operation. */
  HARD_SWISH_BY_GATE(1, new HardSwish()) {
    @Override
    boolean isGate(Terms terms, String gate, String x) {
      Node node = terms.only(HardSigmoid.class, gate);
      return node != null
          && node.op() instanceof HardSigmoid hard
          && Terms.isNear(hard.alpha(), 1.0 / 6)
          && Terms.isNear(hard.beta(), 0.5)
          && node.inputs().get(0).equals(x);
    }
  },

  /** {@code x tanh(log(1 + exp(x)))}. */
  MISH(1, new Mish()) {
    @Override
    boolean isGate(Terms terms, String gate, String x) {
      String inside = terms.inside(Tanh.class, gate);
      return inside != null && x.equals(terms.inside(Softplus.class, inside));
    }
  };

  private final double number;
  private final Op op;

  GatePattern(double number, Op op) {
    this.number = number;
    this.op = op;
  }

  /** Whether a value is the gate that this function multiplies {@code x} with. */
  abstract boolean isGate(Terms terms, String gate, String x);

  @Override
  public @Nullable Node match(Terms terms, Node last) {
    Terms.Product product = terms.product(last);
    if (!product.has(number, 2)) {
      return null;
    }
    for (String x : product.terms()) {
      Fact before = terms.fact(x);
      Fact after = terms.fact(last.output());
      boolean same = before != null && after != null && before.shape().equals(after.shape());
      if (same && isGate(terms, product.other(x), x)) {
        return new Node(last.name(), op, List.of(x), last.outputs());
      }
    }
    return null;
  }

  private static boolean isMultiple(Terms.Product product, double number, String x) {
    return product.has(number, 1) && product.terms().get(0).equals(x);
  }
}
