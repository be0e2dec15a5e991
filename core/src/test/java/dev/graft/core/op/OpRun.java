package dev.graft.core.op;

import dev.graft.core.autograd.Gradients;
import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pass of an {@link OpCase} through the tape, forward and backward. The loss is {@code Σ_i c_i
 * y_i} over all elements of some outputs with fixed random c, so that the gradient is one row of
 * random combinations of the Jacobian. Numbers travel in double on the reference backend, in float
 * elsewhere.
 *
 * @param output the elements of the first output
 * @param scale {@code Σ_i |c_i y_i|}: what the loss's rounding error is relative to
 * @param loss the loss
 * @param gradients one for each input, null where none was asked for
 * @param backwardSteps what the tape recorded
 */
record OpRun(
    double[] output,
    double scale,
    double loss,
    List<double @Nullable []> gradients,
    int backwardSteps) {

  /** Only the forward pass, with nothing recorded. */
  static OpRun forward(Backend backend, OpCase c, double[][] inputs) {
    return of(backend, c, inputs, Needs.none(inputs.length));
  }

  static OpRun of(Backend backend, OpCase c, double[][] inputs, Needs needs) {
    return of(backend, c, inputs, needs, c.outputMasks().get(0));
  }

  /**
   * @param judged the outputs that the loss depends on
   */
  static OpRun of(Backend backend, OpCase c, double[][] inputs, Needs needs, List<Integer> judged) {
    Tape tape = new Tape(backend);
    List<@Nullable Value> leaves = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      OpCase.Input input = c.inputs().get(i);
      if (input == null) {
        leaves.add(null);
        continue;
      }
      Tensor tensor =
          input.isWhole() ? input.whole(inputs[i]) : upload(backend, input.shape(), inputs[i]);
      leaves.add(needs.of(i) ? tape.parameter(tensor) : tape.constant(tensor));
    }
    List<Value> results = tape.apply(c.op(), c.key(), leaves);
    double[] output = values(backend, results.get(0).tensor());
    Value loss = null;
    double scale = 0;
    for (int k : judged) {
      Value y = results.get(k);
      double[] elements = values(backend, y.tensor());
      double[] weights =
          Values.SIGNED.draw(y.shape(), Rng.key(c.key(), "weights" + (k == 0 ? "" : k)));
      Value flat = tape.apply(new Reshape(List.of(-1)), y);
      Tensor functional = upload(backend, Shape.of(elements.length), weights);
      Value part = tape.apply(new MatMul(), flat, tape.constant(functional));
      loss = loss == null ? part : tape.apply(new Add(), loss, part);
      for (int i = 0; i < elements.length; i++) {
        scale += Math.abs(elements[i] * weights[i]);
      }
    }
    int steps = tape.backwardSteps();
    double value = values(backend, loss.tensor())[0];
    Gradients gradients = tape.backward(loss);
    List<double @Nullable []> byInput = new ArrayList<>();
    for (Value leaf : leaves) {
      Tensor gradient = leaf == null ? null : gradients.of(leaf);
      byInput.add(gradient == null ? null : values(backend, gradient));
    }
    return new OpRun(output, scale, value, byInput, steps);
  }

  private static Tensor upload(Backend backend, Shape shape, double[] values) {
    Tensor tensor = Tensor.allocate(backend, shape);
    if (backend instanceof ReferenceBackend reference) {
      reference.upload(values, 0, values.length, tensor.buffer());
      return tensor;
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    backend.upload(floats, 0, floats.length, tensor.buffer());
    return tensor;
  }

  private static double[] values(Backend backend, Tensor tensor) {
    int n = tensor.shape().elements();
    if (backend instanceof ReferenceBackend reference) {
      return reference.values(tensor.buffer(), n);
    }
    float[] floats = tensor.download(backend);
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = floats[i];
    }
    return values;
  }
}
