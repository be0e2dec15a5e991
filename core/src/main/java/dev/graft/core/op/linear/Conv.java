package dev.graft.core.op.linear;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.op.Arity;
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
 * Convolution (in fact cross-correlation) over one or two spatial axes: {@code y[n,o,p] = b[o] +
 * Σ_{c,k} w[o,c,k] x[n, c, p stride - pad + k dilation]}. Inputs {@code x [N,C,H,W]}, {@code w
 * [O,C/groups,kH,kW]} and optionally {@code b [O]}. ONNX Conv (1, 11, 22).
 *
 * @param window the sliding window
 * @param groups number of groups of channels that are convolved apart
 */
public record Conv(Window window, int groups) implements Op {

  @Override
  public String type() {
    return "Conv";
  }

  @Override
  public Initializer initializer(int i, Shape stored) {
    return i == 1 ? Initializer.he(stored.elements(1, stored.rank())) : Initializer.ZEROS;
  }

  @Override
  public OptionalInt unitAxis() {
    return groups == 1 ? OptionalInt.of(0) : OptionalInt.empty();
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
    window.expectRank("Conv", x);
    if (window.ceilMode()) {
      throw new ShapeException("Conv rounds its output size down; only pools have ceil_mode");
    }
    window.expectKernel(x, w);
    if (groups < 1 || w.size(0) % groups != 0) {
      throw new ShapeException(
          groups + " groups do not divide the " + w.size(0) + " output channels of weight " + w);
    }
    if (!x.dim(1).mayEqual(Size.of((long) w.size(1) * groups))) {
      throw new ShapeException(
          "input has "
              + x.size(1)
              + channels(x.size(1))
              + ", weight "
              + w
              + (groups > 1 ? " in " + groups + " groups" : "")
              + " expects "
              + (long) w.size(1) * groups
              + "; convert the input or adapt the weight");
    }
    if (inputs.size() == 3 && !inputs.get(2).equals(Shape.of(w.size(0)))) {
      throw new ShapeException(
          "bias " + inputs.get(2) + " does not match the " + w.size(0) + " output channels");
    }
    return List.of(window.outputShape(x, w.dim(0)));
  }

  @Override
  public int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.inFirstOnly(axes) == 0 ? 0 : Samples.MIXED;
  }

  /** The weight's gradient reads x, the input's reads w, the bias's neither. */
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

  @Override
  public void forward(Forward call) {
    ConvGeometry g = geometry(call.input(0).shape(), call.input(1).shape());
    call.backend()
        .convolution(
            g,
            call.input(0).buffer(),
            call.input(1).buffer(),
            call.inputs().size() > 2 ? call.input(2).buffer() : null,
            call.output().buffer());
  }

  /** {@code dx = dy * w} (full correlation), {@code dw = x * dy}, {@code db = Σ dy}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    ConvGeometry g = geometry(call.inputShapes().get(0), call.inputShapes().get(1));
    if (call.needs().of(0)) {
      backend.convolutionGradientInput(
          g, call.outputGradient().buffer(), call.input(1).buffer(), call.gradient(0).buffer());
    }
    if (call.needs().of(1)) {
      Tensor dw = call.gradient(1);
      if (g.batch() == 0) {
        // Kernels sum over the images they are given, and write nothing where there is none.
        backend.fill(dw.shape().elements(), 0, dw.buffer());
      } else {
        backend.convolutionGradientWeight(
            g, call.input(0).buffer(), call.outputGradient().buffer(), dw.buffer());
      }
    }
    if (call.needs().of(2)) {
      backend.reduce(
          ReduceOp.SUM,
          new int[] {g.batch(), g.outChannels(), g.outPlane()},
          new boolean[] {true, false, true},
          call.outputGradient().buffer(),
          call.gradient(2).buffer());
    }
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    Shape w = inputs.get(1);
    return (long) outputShapes(inputs).get(0).elements() * w.elements(1, w.rank());
  }

  /** The sizes for an input and a weight that passed {@link #outputShapes}. */
  public ConvGeometry geometry(Shape x, Shape w) {
    Window.Extent vertical = window.vertical(x);
    Window.Extent horizontal = window.horizontal(x);
    return new ConvGeometry(
        x.size(0),
        x.size(1),
        vertical.in(),
        horizontal.in(),
        w.size(0),
        groups,
        window.kernelHeight(),
        window.kernelWidth(),
        vertical.stride(),
        horizontal.stride(),
        vertical.dilation(),
        horizontal.dilation(),
        vertical.padBegin(),
        horizontal.padBegin(),
        vertical.padEnd(),
        horizontal.padEnd());
  }

  private static String channels(int count) {
    return count == 1 ? " channel" : " channels";
  }
}
