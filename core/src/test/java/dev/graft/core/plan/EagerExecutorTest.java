package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import java.util.Set;

/** The oracle keeps the contract. */
class EagerExecutorTest extends ExecutorContract {

  @Override
  Executor executor(Graph graph, Variables variables, Backend backend, Set<String> trainable) {
    return new EagerExecutor(graph, variables, backend, trainable);
  }
}
