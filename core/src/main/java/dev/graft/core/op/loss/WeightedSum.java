package dev.graft.core.op.loss;

import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.List;

/**
 * {@code y = Σ_i weights[i] x_i} over inputs of one shape: how a loss is put together from parts.
 *
 * @param weights one for each input
 */
public record WeightedSum(List<Double> weights) implements Op {

  /**
   * @throws ShapeException if there are no weights
   */
  public WeightedSum {
    weights = List.copyOf(weights);
    if (weights.isEmpty()) {
      throw new ShapeException("WeightedSum expects at least one weight");
    }
  }

  @Override
  public String type() {
    return "WeightedSum";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, weights.size());
    for (Shape input : inputs) {
      if (!input.fits(inputs.get(0))) {
        throw new ShapeException("WeightedSum expects inputs of one shape, found " + inputs);
      }
    }
    return List.of(inputs.get(0));
  }

  @Override
  public Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  public void forward(Forward call) {
    int n = call.output().shape().elements();
    call.backend().fill(n, 0, call.output().buffer());
    for (int i = 0; i < weights.size(); i++) {
      call.backend().axpy(n, weights.get(i), call.input(i).buffer(), call.output().buffer());
    }
  }

  /** {@code dx_i = weights[i] dy}. */
  @Override
  public void backward(Backward call) {
    int n = call.outputGradient().shape().elements();
    for (int i = 0; i < weights.size(); i++) {
      if (call.needs().of(i)) {
        call.backend().fill(n, 0, call.gradient(i).buffer());
        call.backend()
            .axpy(n, weights.get(i), call.outputGradient().buffer(), call.gradient(i).buffer());
      }
    }
  }
}
