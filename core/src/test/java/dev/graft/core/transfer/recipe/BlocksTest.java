package dev.graft.core.transfer.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.transfer.Toy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where a network can be cut into blocks, told from the graph alone. */
class BlocksTest {

  private static List<Set<String>> layers(Blocks blocks) {
    return blocks.parameters().stream()
        .map(
            names ->
                Set.copyOf(
                    names.stream()
                        .map(name -> name.substring(0, name.lastIndexOf('.')))
                        .collect(java.util.stream.Collectors.toSet())))
        .toList();
  }

  @Test
  void aNormalisation_belongsToItsLayer_andAResidualIsOneBlock() {
    assertThat(layers(Blocks.of(Toy.network().graph())))
        .containsExactly(
            Set.of("stem.conv", "stem.norm"), Set.of("block.conv", "block.norm"), Set.of("head"));
  }

  @Test
  void layersThatAConnectionSkips_stayTogether_andSoDoBranches() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.relu(g.conv("stem", g.input("x", Shape.of(3, 8, 8)), 4, Window.square(3, 1, 1)));
    String inner = g.relu(g.conv("one", x, 4, Window.square(3, 1, 1)));
    x = g.relu(g.add(x, g.conv("two", inner, 4, Window.square(3, 1, 1))));
    String squeezed = g.relu(g.conv("squeeze", x, 2, Window.square(1, 1, 0)));
    String left = g.relu(g.conv("left", squeezed, 4, Window.square(1, 1, 0)));
    String right = g.relu(g.conv("right", squeezed, 4, Window.square(3, 1, 1)));
    String joined = g.globalAveragePool(g.add(left, right));
    assertThat(layers(Blocks.of(g.build(g.linear("head", g.flatten(joined), 2)).graph())))
        .containsExactly(
            Set.of("stem"),
            Set.of("one", "two"),
            Set.of("squeeze"),
            Set.of("left", "right"),
            Set.of("head"));
  }

  @Test
  void ratesFall_blockByBlock() {
    Map<String, Double> rates = Blocks.of(Toy.network().graph()).rates(0.5);
    assertThat(rates)
        .containsEntry("head.weight", 1.0)
        .containsEntry("block.conv.weight", 0.5)
        .containsEntry("block.norm.bias", 0.5)
        .containsEntry("stem.norm.weight", 0.25)
        .hasSize(Toy.network().graph().stored().size() - 4);
  }

  @Test
  void below_leavesTheLastBlocksOut() {
    Blocks blocks = Blocks.of(Toy.plain().graph());
    assertThat(blocks.below(1))
        .containsExactlyInAnyOrder("first.weight", "first.bias", "second.weight", "second.bias");
    assertThat(blocks.below(3)).isEmpty();
  }
}
