package dev.graft.tests.golden;

import dev.graft.core.backend.Backend;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.Sgd;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Five steps of every optimizer on every backend, against PyTorch's. */
class GoldenOptimizerTest {

  @ParameterizedTest
  @MethodSource("dev.graft.tests.golden.PoisonedBackend#names")
  void weightsAfterEveryStep_agreeWithPyTorch(String name) {
    try (Backend backend = PoisonedBackend.byName(name)) {
      for (GoldenCase c : GoldenCase.of("optimizer")) {
        Optimizer optimizer =
            c.text("optimizer").equals("Sgd")
                ? new Sgd(c.number("momentum"), c.flag("nesterov"))
                : new AdamW(c.number("beta1"), c.number("beta2"), 1e-8);
        List<Tensor> expected = c.tensors("weight");
        Tensor weight = expected.get(0).upload(backend);
        for (int step = 1; step < expected.size(); step++) {
          optimizer.nextStep();
          Tensor gradient = c.tensor("gradient" + step).upload(backend);
          optimizer.update(backend, "w", weight, gradient, c.number("rate"), c.number("decay"));
          // Every step rounds the state and the weight once more.
          float[] actual = weight.download(backend);
          Accuracy.check(c + ", step " + step, actual, expected.get(step), step);
        }
      }
    }
  }
}
