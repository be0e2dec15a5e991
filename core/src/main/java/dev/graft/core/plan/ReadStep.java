package dev.graft.core.plan;

import java.util.List;

/**
 * Where the outputs are read: behind the forward pass, for backward may need their memory.
 *
 * @param outputs one for each output of the graph
 */
record ReadStep(List<Slot> outputs) implements Step {

  @Override
  public List<Slot> reads() {
    return outputs;
  }

  @Override
  public List<Slot> writes() {
    return List.of();
  }

  @Override
  public Action bind(Binding at) {
    Outputs target = at.outputs();
    return key -> target.read();
  }
}
