package dev.graft.core.rewrite;

import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.op.Op;
import dev.graft.core.tensor.Tensor;
import java.util.List;

/** Carries an operation out once, on stored tensors, while a model is rewritten. */
final class HostEvaluation {

  private HostEvaluation() {}

  /** The outputs of {@code op}; a view shares the memory of what it reads. */
  static List<Tensor> of(Op op, List<Tensor> reads) {
    try (Backend backend = new JavaBackend(1)) {
      Tape tape = new Tape(backend);
      List<Value> values = reads.stream().map(tape::constant).toList();
      return tape.apply(op, 0, values).stream().map(Value::tensor).toList();
    }
  }
}
