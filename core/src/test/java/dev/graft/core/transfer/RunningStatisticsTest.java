package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Node;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunningStatisticsTest {

  private static Graph network(double momentum) {
    GraphBuilder builder = new GraphBuilder(1);
    String x = builder.input("x", Shape.of(3, 4, 4));
    return builder
        .build(builder.batchNorm("bn1", x))
        .graph()
        .mapNodes(
            n -> n.op() instanceof BatchNormalization b ? n.with(b.withMomentum(momentum)) : n);
  }

  private static double momentum(Graph graph) {
    List<BatchNormalization> norms =
        graph.nodes().stream().map(Node::op).map(BatchNormalization.class::cast).toList();
    return norms.get(0).momentum();
  }

  @Test
  void aLongMemory_isCutToAnEpoch_butNotBelowTenSteps() {
    Graph keras = network(0.99);
    assertThat(momentum(RunningStatistics.keepingUp(keras, 8))).isEqualTo(0.9);
    assertThat(momentum(RunningStatistics.keepingUp(keras, 20))).isEqualTo(0.95);
    assertThat(RunningStatistics.keepingUp(keras, 100)).isSameAs(keras);
    Graph torch = network(0.9);
    assertThat(RunningStatistics.keepingUp(torch, 1)).isSameAs(torch);
  }

  @Test
  void whatDiffers_isToldWhereItIsTrained() {
    Graph keras = network(0.99);
    Set<String> all = Set.copyOf(keras.parameters(keras.nodes().get(0)));
    assertThat(RunningStatistics.note(keras, 8, all))
        .contains("1 BatchNormalization is 0.900 while", "epochs of 8 steps");
    assertThat(RunningStatistics.note(keras, 8, Set.of())).isEmpty();
    assertThat(RunningStatistics.note(keras, 100, all)).isEmpty();
  }
}
