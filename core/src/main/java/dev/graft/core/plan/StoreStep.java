package dev.graft.core.plan;

import dev.graft.core.tensor.Tensor;
import java.util.List;

/** Writes new running statistics back to where they are stored. */
record StoreStep(Slot value, String variable) implements Step {

  @Override
  public List<Slot> reads() {
    return List.of(value);
  }

  @Override
  public List<Slot> writes() {
    return List.of();
  }

  @Override
  public Action bind(Binding at) {
    Tensor updated = at.tensor(value);
    Variables variables = at.variables();
    return key -> variables.set(variable, updated);
  }
}
