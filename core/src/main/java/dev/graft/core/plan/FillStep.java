package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import java.util.List;

/** Sets every element to a value: the gradient of the loss to itself. */
record FillStep(double value, Slot slot) implements Step {

  @Override
  public List<Slot> reads() {
    return List.of();
  }

  @Override
  public List<Slot> writes() {
    return List.of(slot);
  }

  @Override
  public Action bind(Binding at) {
    Backend backend = at.backend();
    Buffer to = at.tensor(slot).buffer();
    int n = slot.elements();
    return key -> backend.fill(n, value, to);
  }
}
