package dev.graft.core.op.linear;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.op.Arity;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.Saves;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The transpose of a convolution over one or two spatial axes, which spreads each element over a
 * window: {@code y[n,o,p stride - pad + k dilation] += w[c,o,k] x[n,c,p]}, plus a bias. Inputs
 * {@code x [N,C,H,W]}, {@code w [C,O/groups,kH,kW]} and optionally {@code b [O]}. ONNX
 * ConvTranspose (1, 11, 22).
 *
 * @param window the window that slides over the <em>output</em>, with explicit pads
 * @param outputPadding for each spatial axis the elements that the output has more at its end, less
 *     than the stride: of the sizes that a convolution brings down to the input's, which one
 * @param groups number of groups of channels that are convolved apart
 */
public record ConvTranspose(Window window, List<Integer> outputPadding, int groups) implements Op {

  /**
   * @throws ShapeException if the pads are automatic, or the output padding is out of range
   */
  public ConvTranspose {
    outputPadding = List.copyOf(outputPadding);
    if (window.autoPad() != AutoPad.NOTSET || window.ceilMode()) {
      throw new ShapeException(
          "ConvTranspose expects a window with explicit pads, found " + window);
    }
    boolean fits = outputPadding.size() == window.axes();
    for (int axis = 0; fits && axis < outputPadding.size(); axis++) {
      int padding = outputPadding.get(axis);
      fits = padding >= 0 && (padding == 0 || padding < window.strides().get(axis));
    }
    if (!fits) {
      throw new ShapeException(
          "ConvTranspose expects an output padding below the strides "
              + window.strides()
              + " for each axis, found "
              + outputPadding);
    }
  }

  @Override
  public String type() {
    return "ConvTranspose";
  }

  @Override
  public Initializer initializer(int i, Shape stored) {
    return i == 1
        ? Initializer.he(stored.size(0) / groups * stored.elements(2, stored.rank()))
        : Initializer.ZEROS;
  }

  @Override
  public OptionalInt unitAxis() {
    return groups == 1 ? OptionalInt.of(1) : OptionalInt.empty();
  }

  @Override
  public Set<Integer> parameterInputs() {
    return Set.of(1, 2);
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2, 3);
    Shape x = inputs.get(0);
    Shape w = inputs.get(1);
    window.expectRank("ConvTranspose", x);
    window.expectKernel(x, w);
    if (groups < 1 || w.size(0) % groups != 0) {
      throw new ShapeException(
          groups + " groups do not divide the " + w.size(0) + " input channels of weight " + w);
    }
    if (!x.dim(1).mayEqual(w.dim(0))) {
      throw new ShapeException(
          "input has " + x.size(1) + " channels, weight " + w + " expects " + w.size(0));
    }
    // Refuses a product that no tensor can have.
    int channels = Shape.of(w.size(1), groups).elements();
    if (inputs.size() == 3 && !inputs.get(2).equals(Shape.of(channels))) {
      throw new ShapeException(
          "bias " + inputs.get(2) + " does not match the " + channels + " output channels");
    }
    Shape y = x.with(1, channels);
    for (int axis = 0; axis < window.axes(); axis++) {
      y = y.with(axis + 2, size(axis, x.dim(axis + 2), x));
    }
    return List.of(y);
  }

  /** {@code stride (in - 1) + reach of the kernel + output padding - pads}. */
  private Size size(int axis, Size in, Shape x) {
    long reach = (long) window.dilations().get(axis) * (window.kernel().get(axis) - 1) + 1;
    int axes = window.axes();
    long pads = (long) window.pads().get(axis) + window.pads().get(axis + axes);
    long stride = window.strides().get(axis);
    Size size = in.times(Size.of(stride)).plus(reach + outputPadding.get(axis) - pads - stride);
    if (size.isKnown() && (size.known() < 1 || size.known() > Integer.MAX_VALUE / 4)) {
      throw new ShapeException("ConvTranspose makes a size of " + size + " of an input " + x);
    }
    return size;
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.inFirstOnly(axes) == 0 ? 0 : Samples.MIXED;
  }

  /** As for a convolution: the weight's gradient reads x, the input's reads w. */
  @Override
  public Saves saves(Needs needs) {
    Set<Integer> kept = new HashSet<>();
    if (needs.of(0)) {
      kept.add(1);
    }
    if (needs.of(1)) {
      kept.add(0);
    }
    return new Saves(kept, Set.of(), false);
  }

  /** The convolution whose input is this one's output. */
  private ConvGeometry geometry(Shape y, Shape w) {
    return new Conv(window, groups).geometry(y, w);
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Tensor y = call.output();
    ConvGeometry g = geometry(y.shape(), call.input(1).shape());
    backend.convolutionGradientInput(g, call.input(0).buffer(), call.input(1).buffer(), y.buffer());
    if (call.has(2)) {
      int[] shape = {g.batch(), g.inChannels(), g.inPlane()};
      int[] dense = {g.inChannels() * g.inPlane(), g.inPlane(), 1};
      int[] perChannel = {0, 1, 0};
      backend.binary(
          BinaryOp.ADD, shape, y.buffer(), dense, call.input(2).buffer(), perChannel, y.buffer());
    }
  }

  /** {@code dx} is the convolution of dy, {@code dw} that of dy by x, {@code db = Σ dy}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Tensor dy = call.outputGradient();
    ConvGeometry g = geometry(dy.shape(), call.inputShapes().get(1));
    if (call.needs().of(0)) {
      backend.convolution(g, dy.buffer(), call.input(1).buffer(), null, call.gradient(0).buffer());
    }
    if (call.needs().of(1)) {
      Tensor dw = call.gradient(1);
      if (g.batch() == 0) {
        backend.fill(dw.shape().elements(), 0, dw.buffer());
      } else {
        backend.convolutionGradientWeight(g, dy.buffer(), call.input(0).buffer(), dw.buffer());
      }
    }
    if (call.needs().of(2)) {
      backend.reduce(
          ReduceOp.SUM,
          new int[] {g.batch(), g.inChannels(), g.inPlane()},
          new boolean[] {true, false, true},
          dy.buffer(),
          call.gradient(2).buffer());
    }
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    Shape w = inputs.get(1);
    return (long) inputs.get(0).elements() * w.elements(1, w.rank());
  }
}
