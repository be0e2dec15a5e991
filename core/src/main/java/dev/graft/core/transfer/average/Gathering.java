package dev.graft.core.transfer.average;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.StepGradients;

/** The slots of one average: a count, and a tensor for each parameter. */
record Gathering(String name, StepGradients gradients) {

  private Tensor counter() {
    return gradients.slot(name, Shape.SCALAR);
  }

  /** How often it was counted. */
  int count() {
    return (int) counter().download(gradients.backend())[0];
  }

  void count(int now) {
    gradients.backend().fill(1, now, counter().buffer());
  }

  /** Every slot becomes {@code (1 - share)} of itself and {@code share} of the parameter. */
  void move(double share) {
    Backend backend = gradients.backend();
    gradients
        .tensors()
        .keySet()
        .forEach(
            parameter -> {
              Tensor weight = gradients.weight(parameter);
              int n = weight.shape().elements();
              Tensor mean = gradients.slot(name + "/" + parameter, weight.shape());
              backend.unary(UnaryOp.AFFINE, 1 - share, 0, n, mean.buffer(), mean.buffer());
              backend.axpy(n, share, weight.buffer(), mean.buffer());
            });
  }
}
