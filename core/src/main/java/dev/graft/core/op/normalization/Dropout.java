package dev.graft.core.op.normalization;

import dev.graft.core.op.Arity;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Op;
import dev.graft.core.op.Reordered;
import dev.graft.core.op.View;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.List;

/**
 * Dropout (Srivastava et al., JMLR 2014), inverted: in training each element is zeroed with
 * probability {@code ratio} and the others are scaled by {@code 1 / (1 - ratio)}; otherwise {@code
 * y = x}. The mask is drawn from a counter-based generator, so backward draws it again and nothing
 * is saved. ONNX Dropout (7, 10, 12, 13) without its mask output.
 *
 * @param ratio at least 0, below 1
 * @param active whether elements are dropped
 */
public record Dropout(double ratio, boolean active) implements View {

  /**
   * @throws ShapeException if the ratio is not in [0, 1)
   */
  public Dropout {
    if (!(ratio >= 0 && ratio < 1)) {
      throw new ShapeException("Dropout expects a ratio in [0, 1), found " + ratio);
    }
  }

  @Override
  public String type() {
    return "Dropout";
  }

  @Override
  public Reordered reordered(AxisOrder order) {
    return new Reordered(this, order);
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    return inputs;
  }

  @Override
  public boolean isView() {
    return !active;
  }

  @Override
  public boolean isRandom() {
    return active;
  }

  @Override
  public Op inTraining() {
    return new Dropout(ratio, ratio > 0);
  }

  @Override
  public void forward(Forward call) {
    if (!active) {
      View.super.forward(call);
      return;
    }
    int n = call.output().shape().elements();
    call.backend().dropout(n, ratio, call.key(), call.input(0).buffer(), call.output().buffer());
  }

  @Override
  public void backward(Backward call) {
    if (!active) {
      View.super.backward(call);
      return;
    }
    int n = call.outputGradient().shape().elements();
    call.backend()
        .dropout(n, ratio, call.key(), call.outputGradient().buffer(), call.gradient(0).buffer());
  }
}
