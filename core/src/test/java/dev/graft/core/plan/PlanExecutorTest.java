package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import java.util.Set;

/** Compiled plans keep the contract. */
class PlanExecutorTest extends ExecutorContract {

  @Override
  Executor executor(Graph graph, Variables variables, Backend backend, Set<String> trainable) {
    return new PlanExecutor(graph, variables, backend, trainable);
  }
}
