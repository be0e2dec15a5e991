package dev.graft.core.op;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * What all functions of one element share: {@code y_i = f(x_i)}, {@code dx_i = dy_i f'}, where
 * {@code f'} is computed from the saved input or output, as the {@link UnaryOp} wants it.
 */
public interface Elementwise extends Op {

  /** {@inheritDoc} Every function of one element answers for itself. */
  @Override
  boolean activates();

  /** The kernel. */
  UnaryOp kernel();

  /** The kernel's first coefficient. */
  default double alpha() {
    return 0;
  }

  /** The kernel's second coefficient. */
  default double beta() {
    return 0;
  }

  @Override
  default List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    return inputs;
  }

  @Override
  default int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return axes.get(0);
  }

  @Override
  default Reordered reordered(AxisOrder order) {
    return new Reordered(this, order);
  }

  @Override
  default Saves saves(Needs needs) {
    if (needs.of(0) && kernel().savesInput()) {
      return Saves.inputs(0);
    }
    return needs.of(0) && kernel().savesOutput() ? Saves.outputs(0) : Saves.NOTHING;
  }

  @Override
  default boolean mayOverwrite(int i) {
    return true;
  }

  @Override
  default boolean mayOverwriteGradient(int i) {
    return true;
  }

  @Override
  default void forward(Forward call) {
    int n = call.input(0).shape().elements();
    call.backend()
        .unary(kernel(), alpha(), beta(), n, call.input(0).buffer(), call.output().buffer());
  }

  @Override
  default void backward(Backward call) {
    int n = call.outputGradient().shape().elements();
    Buffer dy = call.outputGradient().buffer();
    // A linear function reads nothing: then dy stands for what is not read.
    Buffer saved =
        kernel().savesInput()
            ? call.input(0).buffer()
            : kernel().savesOutput() ? call.output().buffer() : dy;
    call.backend()
        .unaryGradient(kernel(), alpha(), beta(), n, saved, dy, call.gradient(0).buffer());
  }
}
