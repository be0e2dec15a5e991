package dev.graft.core.op.normalization;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * What normalisations share that take mean and variance over groups of channels of one sample, and
 * have a scale and a bias for each channel: inputs {@code x [N,C,…]}, scale and bias {@code [C]}.
 */
interface GroupedNormalization extends Op {

  /** Added to the variance. */
  double epsilon();

  /** Number of groups that the channels of x are cut into. */
  int groups(Shape x);

  @Override
  default boolean normalizes() {
    return true;
  }

  @Override
  default Set<Integer> parameterInputs() {
    return Set.of(1, 2);
  }

  @Override
  default Initializer initializer(int i, Shape stored) {
    return i == 1 ? Initializer.ONES : Initializer.ZEROS;
  }

  @Override
  default List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 3);
    Shape x = inputs.get(0);
    if (x.rank() < 2) {
      throw new ShapeException(type() + " expects an input [N,C,…], found " + x);
    }
    Shape channels = Shape.ofSizes(x.dim(1));
    for (Shape parameter : inputs.subList(1, 3)) {
      if (!parameter.fits(channels)) {
        throw new ShapeException(
            "input has " + x.dim(1) + " channels, a scale or bias has shape " + parameter);
      }
    }
    if (x.dim(1).isKnown() && (groups(x) < 1 || x.size(1) % groups(x) != 0)) {
      throw new ShapeException(
          groups(x) + " groups do not divide the " + x.size(1) + " channels of " + x);
    }
    return List.of(x);
  }

  @Override
  default int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.inFirstOnly(axes) == 0 ? 0 : Samples.MIXED;
  }

  /** Mean and 1 over the deviation of each group. */
  @Override
  default List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return RowMoments.shapes(Extent.of(this, inputs.get(0)).rows());
  }

  /** As for a layer normalisation: the bias's gradient reads nothing. */
  @Override
  default Saves saves(Needs needs) {
    if (needs.of(0)) {
      return Saves.inputs(0, 1).andScratch();
    }
    return needs.of(1) ? Saves.inputs(0).andScratch() : Saves.NOTHING;
  }

  /** Factor and shift of each channel of each sample. */
  @Override
  default List<Shape> forwardTemporaries(List<Shape> inputs) {
    return Collections.nCopies(2, Extent.of(this, inputs.get(0)).planes());
  }

  /** {@code y = x factor + shift} with {@code factor = scale / deviation}. */
  @Override
  default void forward(Forward call) {
    Backend backend = call.backend();
    Extent e = Extent.of(this, call.input(0).shape());
    RowMoments moments = RowMoments.of(call.scratch());
    Buffer x = call.input(0).buffer();
    moments.compute(backend, e.rows(), e.columns(), epsilon(), x);
    Buffer factor = call.temporary(0).buffer();
    Buffer shift = call.temporary(1).buffer();
    e.perChannel(backend, BinaryOp.MUL, moments.inverse(), call.input(1).buffer(), factor);
    e.repeat(backend, moments.mean(), shift);
    e.planes(backend, BinaryOp.MUL, shift, factor, shift);
    backend.unary(UnaryOp.NEG, 0, 0, e.channelCount(), shift, shift);
    e.biased(backend, shift, call.input(2).buffer());
    backend.channelAffine(1, e.channelCount(), e.plane(), x, factor, shift, call.output().buffer());
  }

  /** Vectors for each channel of each sample, and those for each group. */
  @Override
  default List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    Extent e = Extent.of(this, inputs.get(0));
    List<Shape> shapes = new ArrayList<>(Collections.nCopies(4, e.planes()));
    shapes.addAll(RowMoments.gradientShapes(e.rows()));
    return shapes;
  }

  /**
   * With {@code xhat = (x - mean) / deviation} and {@code g = dy scale}: {@code dx = (g - (Σ g +
   * xhat Σ g xhat) / m) / deviation} over each group, {@code dscale = Σ dy xhat}, {@code dbias = Σ
   * dy} over each channel. All sums are those of channels, put together.
   */
  @Override
  default void backward(Backward call) {
    Backend backend = call.backend();
    Extent e = Extent.of(this, call.inputShapes().get(0));
    Buffer dy = call.outputGradient().buffer();
    if (call.needs().of(2)) {
      int[] shape = {e.batch(), e.channels(), e.plane()};
      boolean[] exceptChannel = {true, false, true};
      backend.reduce(ReduceOp.SUM, shape, exceptChannel, dy, call.gradient(2).buffer());
    }
    if (!call.needs().of(0) && !call.needs().of(1)) {
      return;
    }
    RowMoments moments = RowMoments.of(call.scratch());
    Buffer x = call.input(0).buffer();
    Buffer repeated = call.temporary(0).buffer();
    Buffer sum = call.temporary(1).buffer();
    Buffer dot = call.temporary(2).buffer();
    Buffer work = call.temporary(3).buffer();
    e.repeat(backend, moments.mean(), repeated);
    backend.channelGradientSums(1, e.channelCount(), e.plane(), x, repeated, dy, sum, dot);
    if (call.needs().of(1)) {
      e.repeat(backend, moments.inverse(), repeated);
      e.planes(backend, BinaryOp.MUL, dot, repeated, work);
      boolean[] overBatch = {true, false};
      int[] planes = {e.batch(), e.channels()};
      backend.reduce(ReduceOp.SUM, planes, overBatch, work, call.gradient(1).buffer());
    }
    if (call.needs().of(0)) {
      Buffer scale = call.input(1).buffer();
      Buffer groupSum = call.temporary(4).buffer();
      Buffer groupDot = call.temporary(5).buffer();
      Buffer slope = call.temporary(6).buffer();
      Buffer shift = call.temporary(7).buffer();
      e.sumGroups(backend, sum, scale, work, groupSum);
      e.sumGroups(backend, dot, scale, work, groupDot);
      moments.slopeAndShift(backend, e.rows(), e.columns(), groupSum, groupDot, slope, shift);
      e.perChannel(backend, BinaryOp.MUL, moments.inverse(), scale, work);
      e.repeat(backend, slope, sum);
      e.repeat(backend, shift, dot);
      Buffer dx = call.gradient(0).buffer();
      backend.channelCombine(1, e.channelCount(), e.plane(), dy, work, x, sum, dot, dx);
    }
  }

  /** An input {@code [N,C,…]} as {@code [batch, groups, channels / groups, plane]}. */
  record Extent(int batch, int groups, int channels, int plane) {

    static Extent of(GroupedNormalization op, Shape x) {
      return new Extent(x.size(0), op.groups(x), x.size(1), x.elements(2, x.rank()));
    }

    int rows() {
      return batch * groups;
    }

    int columns() {
      return channels / groups * plane;
    }

    int channelCount() {
      return batch * channels;
    }

    Shape planes() {
      return Shape.of(batch, channels);
    }

    private int[] box() {
      return new int[] {batch, groups, channels / groups};
    }

    private int[] ofGroups() {
      return new int[] {groups, 1, 0};
    }

    private int[] ofPlanes() {
      return new int[] {channels, channels / groups, 1};
    }

    private int[] ofChannels() {
      return new int[] {0, channels / groups, 1};
    }

    /** {@code y [N,C]} of a number a group. */
    void repeat(Backend backend, Buffer perGroup, Buffer y) {
      backend.copy(box(), perGroup, 0, ofGroups(), 0, ofPlanes(), y);
    }

    /** {@code y [N,C]} of a number a group and a number a channel. */
    void perChannel(Backend backend, BinaryOp op, Buffer perGroup, Buffer perChannel, Buffer y) {
      backend.binary(op, box(), perGroup, ofGroups(), perChannel, ofChannels(), y);
    }

    /** Element by element. */
    void planes(Backend backend, BinaryOp op, Buffer a, Buffer b, Buffer y) {
      backend.binary(op, box(), a, ofPlanes(), b, ofPlanes(), y);
    }

    /** {@code y += bias}. */
    void biased(Backend backend, Buffer y, Buffer bias) {
      backend.binary(BinaryOp.ADD, box(), y, ofPlanes(), bias, ofChannels(), y);
    }

    /** {@code y [N,groups]} sums {@code x [N,C] scale [C]}. */
    void sumGroups(Backend backend, Buffer x, Buffer scale, Buffer work, Buffer y) {
      backend.binary(BinaryOp.MUL, box(), x, ofPlanes(), scale, ofChannels(), work);
      backend.reduce(ReduceOp.SUM, box(), new boolean[] {false, false, true}, work, y);
    }
  }
}
