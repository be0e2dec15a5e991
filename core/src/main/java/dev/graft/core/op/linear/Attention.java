package dev.graft.core.op.linear;

import dev.graft.core.backend.AttentionGeometry;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention of several heads (Vaswani et al., NeurIPS 2017): {@code y =
 * softmax(scale q k^T + mask) v} for each head. Inputs: queries {@code [N, S, H]}, keys {@code [N,
 * T, H]}, values {@code [N, T, V]}, whose features are the heads side by side, and optionally a
 * mask that broadcasts to {@code [N, heads, S, T]}; output {@code [N, S, V]}. ONNX Attention (23)
 * of three axes.
 *
 * @param heads into which H and V are cut
 * @param scale of the products, mostly 1 over the root of a head's features
 */
public record Attention(int heads, double scale) implements Op {

  private static final int MASK = 3;

  @Override
  public String type() {
    return "Attention";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 3, 4);
    Shape q = inputs.get(0);
    Shape k = inputs.get(1);
    Shape v = inputs.get(2);
    boolean fit =
        q.rank() == 3
            && k.rank() == 3
            && v.rank() == 3
            && q.dim(0).mayEqual(k.dim(0))
            && k.dim(0).mayEqual(v.dim(0))
            && k.dim(1).mayEqual(v.dim(1))
            && q.dim(2).mayEqual(k.dim(2))
            && isCut(q.dim(2))
            && isCut(v.dim(2));
    if (!fit) {
      throw new ShapeException(
          "Attention of "
              + heads
              + " heads expects queries [N,S,H], keys [N,T,H] and values [N,T,V], with H and V"
              + " multiples of the heads; found "
              + q
              + ", "
              + k
              + " and "
              + v);
    }
    if (inputs.size() > MASK) {
      expectMask(inputs.get(MASK), Shape.ofSizes(q.dim(0), Size.of(heads), q.dim(1), k.dim(1)));
    }
    return List.of(Shape.ofSizes(q.dim(0), q.dim(1), v.dim(2)));
  }

  private boolean isCut(Size features) {
    return !features.isKnown() || heads > 0 && features.known() % heads == 0;
  }

  private static void expectMask(Shape mask, Shape scores) {
    boolean fits = mask.rank() <= 4;
    for (int back = 1; fits && back <= mask.rank(); back++) {
      fits = mask.dim(-back).is(1) || mask.dim(-back).mayEqual(scores.dim(-back));
    }
    if (!fits) {
      throw new ShapeException(
          "Attention expects a mask that broadcasts to " + scores + ", found " + mask);
    }
  }

  /** Samples along the first axis of all; a mask may be the same for all of them. */
  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    boolean first = axes.subList(0, MASK).stream().allMatch(axis -> axis == 0);
    return first && (axes.size() == MASK || isCut(inputs.get(MASK).shape(), axes.get(MASK)))
        ? 0
        : Samples.MIXED;
  }

  /** Whether a mask goes with the samples: along its first axis of four, or the same for all. */
  private static boolean isCut(Shape mask, int axis) {
    boolean shared = mask.rank() < 4 || mask.dim(0).is(1);
    return axis == Samples.NONE ? shared : axis == 0 && mask.rank() == 4;
  }

  /** The probabilities. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return needs.any() ? List.of(Shape.of(geometry(inputs).scores())) : List.of();
  }

  @Override
  public Saves saves(Needs needs) {
    if (!needs.any()) {
      return Saves.NOTHING;
    }
    Saves saves = Saves.NOTHING.andScratch();
    if (needs.of(0) || needs.of(1) || needs.of(MASK)) {
      saves = saves.andInputs(2);
    }
    saves = needs.of(0) ? saves.andInputs(1) : saves;
    return needs.of(1) ? saves.andInputs(0) : saves;
  }

  private AttentionGeometry geometry(List<? extends @Nullable Shape> inputs) {
    Shape q = inputs.get(0);
    Shape v = inputs.get(2);
    return new AttentionGeometry(
        q.size(0), heads, q.size(1), v.size(1), q.size(2) / heads, v.size(2) / heads, scale);
  }

  @Override
  public void forward(Forward call) {
    Tensor mask = call.optional(MASK);
    AttentionGeometry g =
        geometry(List.of(call.input(0).shape(), call.input(1).shape(), call.input(2).shape()));
    call.backend()
        .attention(
            g,
            call.input(0).buffer(),
            call.input(1).buffer(),
            call.input(2).buffer(),
            mask == null ? null : mask.buffer(),
            mask == null ? new int[4] : Broadcasting.strides(mask.shape(), Shape.of(g.scores())),
            call.scratch().isEmpty() ? null : call.scratch().get(0).buffer(),
            call.output().buffer());
  }

  /** The gradient of the scores, where something before the softmax wants one. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    boolean scores = needs.of(0) || needs.of(1) || needs.of(MASK);
    return scores ? List.of(Shape.of(geometry(inputs).scores())) : List.of();
  }

  /**
   * With the probabilities {@code p} and {@code ds = p (dp - Σ dp p)}, {@code dp = dy v^T}: {@code
   * dv = p^T dy, dq = scale ds k, dk = scale ds^T q}, and for the mask ds, summed where it was
   * repeated.
   */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    AttentionGeometry g = geometry(call.inputShapes());
    Buffer p = call.scratch().get(0).buffer();
    Buffer dy = call.outputGradient().buffer();
    if (call.needs().of(2)) {
      backend.attentionGradientValues(g, p, dy, call.gradient(2).buffer());
    }
    if (call.temporaries().isEmpty()) {
      return;
    }
    Tensor ds = call.temporary(0);
    backend.attentionGradientScores(g, call.input(2).buffer(), p, dy, ds.buffer());
    if (call.needs().of(0)) {
      backend.attentionGradientQueries(
          g, call.input(1).buffer(), ds.buffer(), call.gradient(0).buffer());
    }
    if (call.needs().of(1)) {
      backend.attentionGradientKeys(
          g, call.input(0).buffer(), ds.buffer(), call.gradient(1).buffer());
    }
    if (call.needs().of(MASK)) {
      Broadcasting.sumTo(backend, ds, call.gradient(MASK));
    }
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    return geometry(inputs).multiplyAdds();
  }
}
