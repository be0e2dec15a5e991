package dev.graft.core.op.normalization;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation (Ioffe and Szegedy, ICML 2015): {@code y = scale (x - mean) / sqrt(variance +
 * epsilon) + bias} for each channel. Inputs {@code x [N,C,…]}, scale, bias, running mean and
 * running variance, each {@code [C]}. ONNX BatchNormalization (7, 9, 14, 15).
 *
 * <p>In inference mean and variance are the running ones, and y is the only output. In training
 * they are those of the batch (biased variance, as ONNX has it), and two more outputs carry {@code
 * running = momentum running + (1 - momentum) batch}.
 *
 * @param epsilon added to the variance
 * @param momentum weight of the old running statistics
 * @param training whether the batch's own statistics are used
 */
public record BatchNormalization(double epsilon, double momentum, boolean training) implements Op {

  /** The same with another weight of the old running statistics. */
  public BatchNormalization withMomentum(double momentum) {
    return new BatchNormalization(epsilon, momentum, training);
  }

  @Override
  public String type() {
    return "BatchNormalization";
  }

  @Override
  public boolean normalizes() {
    return true;
  }

  /** Scale and running variance start at 1, bias and running mean at 0. */
  @Override
  public Initializer initializer(int i, Shape stored) {
    return i == 1 || i == 4 ? Initializer.ONES : Initializer.ZEROS;
  }

  @Override
  public Op inTraining() {
    return new BatchNormalization(epsilon, momentum, true);
  }

  @Override
  public Set<Integer> parameterInputs() {
    return Set.of(1, 2);
  }

  @Override
  public Set<Integer> stateInputs() {
    return Set.of(3, 4);
  }

  @Override
  public boolean differentiable(int i) {
    return i < 3;
  }

  @Override
  public Map<Integer, Integer> stateUpdates() {
    return training ? Map.of(1, 3, 2, 4) : Map.of();
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 5);
    Shape x = inputs.get(0);
    if (x.rank() < 2) {
      throw new ShapeException("BatchNormalization expects an input [N,C,…], found " + x);
    }
    Shape channels = Shape.ofSizes(x.dim(1));
    for (Shape statistic : inputs.subList(1, 5)) {
      if (!statistic.fits(channels)) {
        throw new ShapeException(
            "input has " + x.dim(1) + " channels, a scale or statistic has shape " + statistic);
      }
    }
    return training ? List.of(x, channels, channels) : List.of(x);
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    int axis = Samples.inFirstOnly(axes);
    return training || axis == 1 ? Samples.MIXED : axis;
  }

  /** In training: the batch's mean, and 1 over its standard deviation. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    Shape channels = inputs.get(1);
    return training ? List.of(channels, channels) : List.of();
  }

  @Override
  public Saves saves(Needs needs) {
    Set<Integer> kept = new HashSet<>();
    if (training) {
      if (needs.of(0)) {
        kept.add(1);
      }
      if (needs.of(0) || needs.of(1)) {
        kept.add(0);
      }
      Saves saves = new Saves(kept, Set.of(), false);
      return kept.isEmpty() ? saves : saves.andScratch();
    }
    if (needs.of(0)) {
      kept.addAll(Set.of(1, 4));
    }
    if (needs.of(1)) {
      kept.addAll(Set.of(0, 3, 4));
    }
    return new Saves(kept, Set.of(), false);
  }

  /** Factor, shift, and 1 over the deviation. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    return Collections.nCopies(training ? 2 : 3, inputs.get(1));
  }

  /** Numbers of backward's temporaries, one value for each channel. */
  private enum Temporary {
    SUM,
    DOT,
    ZERO,
    INVERSE,
    FACTOR,
    B,
    C,
    PRODUCT;

    Buffer of(Backward call) {
      return call.temporary(ordinal()).buffer();
    }
  }

  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return Collections.nCopies(Temporary.values().length, inputs.get(1));
  }

  @Override
  public void forward(Forward call) {
    forward(call, null);
  }

  /**
   * {@link #forward} and a function of its output in one pass.
   *
   * @param activation applied to the output; null for none
   */
  public void forward(Forward call, @Nullable Elementwise activation) {
    Backend backend = call.backend();
    Extent e = Extent.of(call.input(0).shape());
    Buffer x = call.input(0).buffer();
    Buffer mean = call.input(3).buffer();
    Buffer inverse;
    if (training) {
      mean = call.scratch().get(0).buffer();
      inverse = call.scratch().get(1).buffer();
      backend.channelMoments(e.batch, e.channels, e.plane, x, mean, inverse);
      updateRunning(
          backend, e.channels, call.input(3).buffer(), mean, call.outputs().get(1).buffer());
      updateRunning(
          backend, e.channels, call.input(4).buffer(), inverse, call.outputs().get(2).buffer());
      backend.unary(UnaryOp.RSQRT, epsilon, 0, e.channels, inverse, inverse);
    } else {
      inverse = call.temporary(2).buffer();
      backend.unary(UnaryOp.RSQRT, epsilon, 0, e.channels, call.input(4).buffer(), inverse);
    }
    normalise(call, e, mean, inverse, activation);
  }

  /** In training, what takes three passes over x takes one when the statistics are there. */
  @Override
  public boolean isCheap() {
    return training;
  }

  @Override
  public void forwardAgain(Forward call) {
    forwardAgain(call, null);
  }

  /** {@link #forwardAgain} and a function of its output in one pass. */
  public void forwardAgain(Forward call, @Nullable Elementwise activation) {
    Buffer mean = call.scratch().get(0).buffer();
    Buffer inverse = call.scratch().get(1).buffer();
    normalise(call, Extent.of(call.input(0).shape()), mean, inverse, activation);
  }

  /** {@code y = x factor + (bias - mean factor)} with {@code factor = scale / deviation}. */
  private static void normalise(
      Forward call, Extent e, Buffer mean, Buffer inverse, @Nullable Elementwise activation) {
    Backend backend = call.backend();
    Buffer x = call.input(0).buffer();
    Buffer factor = call.temporary(0).buffer();
    Buffer shift = call.temporary(1).buffer();
    e.vector(backend, BinaryOp.MUL, call.input(1).buffer(), inverse, factor);
    e.vector(backend, BinaryOp.MUL, mean, factor, shift);
    e.vector(backend, BinaryOp.SUB, call.input(2).buffer(), shift, shift);
    Buffer y = call.output().buffer();
    if (activation == null) {
      backend.channelAffine(e.batch, e.channels, e.plane, x, factor, shift, y);
    } else {
      backend.activatedChannelAffine(
          e.batch,
          e.channels,
          e.plane,
          x,
          factor,
          shift,
          activation.kernel(),
          activation.alpha(),
          activation.beta(),
          y);
    }
  }

  private void updateRunning(Backend backend, int n, Buffer running, Buffer batch, Buffer updated) {
    backend.unary(UnaryOp.AFFINE, momentum, 0, n, running, updated);
    backend.axpy(n, 1 - momentum, batch, updated);
  }

  /**
   * With {@code xhat = (x - mean) / deviation}: {@code dscale = Σ dy xhat}, {@code dbias = Σ dy};
   * in inference {@code dx = dy scale / deviation}, in training {@code dx = scale / deviation (dy -
   * (dbias + xhat dscale) / m)}, since mean and deviation depend on x.
   */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Extent e = Extent.of(call.inputShapes().get(0));
    Buffer dy = call.outputGradient().buffer();
    Buffer inverse = inverseDeviation(call, e);
    Buffer sum = Temporary.SUM.of(call);
    Buffer dot = Temporary.DOT.of(call);
    boolean wantsDot = call.needs().of(1) || (training && call.needs().of(0));
    if (wantsDot) {
      Buffer mean = (training ? call.scratch().get(0) : call.input(3)).buffer();
      backend.channelGradientSums(
          e.batch, e.channels, e.plane, call.input(0).buffer(), mean, dy, sum, dot);
    } else if (call.needs().of(2)) {
      // The same kernel with dy in the place of x, which is not saved: the sum has the same bits
      // whether the scale is frozen or not. The dot product goes nowhere.
      Buffer zero = Temporary.ZERO.of(call);
      backend.fill(e.channels, 0, zero);
      backend.channelGradientSums(e.batch, e.channels, e.plane, dy, zero, dy, sum, dot);
    }
    if (call.needs().of(1)) {
      e.vector(backend, BinaryOp.MUL, dot, inverse, call.gradient(1).buffer());
    }
    if (call.needs().of(2)) {
      backend.copy(e.channels, sum, call.gradient(2).buffer());
    }
    if (call.needs().of(0)) {
      Buffer factor = Temporary.FACTOR.of(call);
      e.vector(backend, BinaryOp.MUL, call.input(1).buffer(), inverse, factor);
      if (training) {
        inputGradientInTraining(call, e, inverse, factor, sum, dot);
      } else {
        Buffer zero = Temporary.ZERO.of(call);
        backend.fill(e.channels, 0, zero);
        backend.channelAffine(
            e.batch, e.channels, e.plane, dy, factor, zero, call.gradient(0).buffer());
      }
    }
  }

  /** {@code dx = factor dy + b x + c} with b and c constant over each channel. */
  private void inputGradientInTraining(
      Backward call, Extent e, Buffer inverse, Buffer factor, Buffer sum, Buffer dot) {
    Backend backend = call.backend();
    Buffer mean = call.scratch().get(0).buffer();
    double perElement = 1.0 / ((double) e.batch * e.plane);
    // b = -factor dot / (m deviation^2); c = -factor sum / m - b mean.
    Buffer b = Temporary.B.of(call);
    e.vector(backend, BinaryOp.MUL, inverse, inverse, b);
    e.vector(backend, BinaryOp.MUL, b, dot, b);
    e.vector(backend, BinaryOp.MUL, b, factor, b);
    backend.unary(UnaryOp.AFFINE, -perElement, 0, e.channels, b, b);
    Buffer c = Temporary.C.of(call);
    Buffer product = Temporary.PRODUCT.of(call);
    e.vector(backend, BinaryOp.MUL, b, mean, product);
    e.vector(backend, BinaryOp.MUL, factor, sum, c);
    backend.unary(UnaryOp.AFFINE, -perElement, 0, e.channels, c, c);
    e.vector(backend, BinaryOp.SUB, c, product, c);
    backend.channelCombine(
        e.batch,
        e.channels,
        e.plane,
        call.outputGradient().buffer(),
        factor,
        call.input(0).buffer(),
        b,
        c,
        call.gradient(0).buffer());
  }

  private Buffer inverseDeviation(Backward call, Extent e) {
    if (training) {
      return call.needs().of(0) || call.needs().of(1)
          ? call.scratch().get(1).buffer()
          : Temporary.INVERSE.of(call);
    }
    Buffer inverse = Temporary.INVERSE.of(call);
    if (call.needs().of(0) || call.needs().of(1)) {
      call.backend().unary(UnaryOp.RSQRT, epsilon, 0, e.channels, call.input(4).buffer(), inverse);
    }
    return inverse;
  }

  /** An input {@code [N,C,…]} as {@code [batch, channels, plane]}. */
  private record Extent(int batch, int channels, int plane, int[] vector) {

    private static final int[] ONE = {1};

    static Extent of(Shape x) {
      return new Extent(x.size(0), x.size(1), x.elements(2, x.rank()), new int[] {x.size(1)});
    }

    void vector(Backend backend, BinaryOp op, Buffer a, Buffer b, Buffer y) {
      backend.binary(op, vector, a, ONE, b, ONE, y);
    }
  }
}
