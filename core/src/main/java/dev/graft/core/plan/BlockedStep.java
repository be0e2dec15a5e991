package dev.graft.core.plan;

import dev.graft.core.backend.Buffer;
import java.util.List;

/** Something that is done on values in blocks of channels, or to put a value into them. */
record BlockedStep(List<Slot> inputs, Slot y, Call call) implements Step {

  /** What is done, on memory. */
  interface Call {

    void run(Buffer[] inputs, Buffer y);
  }

  @Override
  public List<Slot> reads() {
    return inputs;
  }

  @Override
  public List<Slot> writes() {
    return List.of(y);
  }

  @Override
  public Action bind(Binding at) {
    Buffer[] from = inputs.stream().map(at::tensor).map(t -> t.buffer()).toArray(Buffer[]::new);
    Buffer to = at.tensor(y).buffer();
    return key -> call.run(from, to);
  }
}
