package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import java.util.List;

/** {@code sum = a + b}: the gradient of a value that is used several times. */
record SumStep(Slot a, Slot b, Slot sum) implements Step {

  @Override
  public List<Slot> reads() {
    return List.of(a, b);
  }

  @Override
  public List<Slot> writes() {
    return List.of(sum);
  }

  @Override
  public List<Overwrite> overwrites() {
    return List.of(new Overwrite(sum, a), new Overwrite(sum, b));
  }

  @Override
  public Action bind(Binding at) {
    Backend backend = at.backend();
    Buffer left = at.tensor(a).buffer();
    Buffer right = at.tensor(b).buffer();
    Buffer to = at.tensor(sum).buffer();
    int[] shape = {sum.elements()};
    int[] one = {1};
    return key -> backend.binary(BinaryOp.ADD, shape, left, one, right, one, to);
  }
}
