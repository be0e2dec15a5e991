package dev.graft.tests.readme;

import dev.graft.core.autograd.Gradients;
import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Random;

/** The example of the course: a network, its gradients and its training on the bare tape. */
final class TapeExample {

  private TapeExample() {}

  /** Learns exclusive or; returns the loss after the last step. */
  static double run() {
    // README begins
    Random random = new Random(1);
    float[] w1 = new float[2 * 8];
    float[] w2 = new float[8];
    for (int i = 0; i < w1.length; i++) {
      w1[i] = (float) random.nextGaussian();
      w2[i % 8] = (float) random.nextGaussian();
    }
    float[] b1 = new float[8];
    float[] b2 = new float[1];
    Tensor x = Tensor.of(Shape.of(4, 2), 0, 0, 0, 1, 1, 0, 1, 1);
    Tensor y = Tensor.of(Shape.of(4, 1), 0, 1, 1, 0);
    double last = 0;
    try (Backend backend = new ReferenceBackend()) {
      for (int step = 0; step < 500; step++) {
        Tape tape = new Tape(backend);
        Value vw1 = tape.parameter(Tensor.of(Shape.of(2, 8), w1).upload(backend));
        Value vb1 = tape.parameter(Tensor.of(Shape.of(8), b1).upload(backend));
        Value vw2 = tape.parameter(Tensor.of(Shape.of(8, 1), w2).upload(backend));
        Value vb2 = tape.parameter(Tensor.of(Shape.of(1), b2).upload(backend));
        Value product = tape.apply(new MatMul(), tape.constant(x.upload(backend)), vw1);
        Value hidden = tape.apply(new Tanh(), tape.apply(new Add(), product, vb1));
        Value said = tape.apply(new Add(), tape.apply(new MatMul(), hidden, vw2), vb2);
        Value target = tape.constant(y.upload(backend));
        Value loss = tape.apply(new MeanSquaredError(), said, target);
        last = loss.tensor().toHost(backend).toArray()[0];
        Gradients gradients = tape.backward(loss);
        List<Value> leaves = List.of(vw1, vb1, vw2, vb2);
        List<float[]> weights = List.of(w1, b1, w2, b2);
        for (int p = 0; p < 4; p++) {
          float[] slope = gradients.of(leaves.get(p)).toHost(backend).toArray();
          for (int i = 0; i < slope.length; i++) {
            weights.get(p)[i] -= 0.2f * slope[i];
          }
        }
      }
    }
    // README ends
    return last;
  }
}
