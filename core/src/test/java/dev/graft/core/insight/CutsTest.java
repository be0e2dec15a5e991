package dev.graft.core.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.Cuts.Cut;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a network narrows to one value, and nowhere else. */
class CutsTest {

  private String stem;
  private String joined;
  private String features;

  private Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("image", Shape.of(1, 8, 8));
    stem = g.relu(g.conv("stem", x, 4, Window.square(3, 1, 1)));
    String left = g.relu(g.conv("left", stem, 4, Window.square(3, 1, 1)));
    String right = g.conv("right", stem, 4, Window.square(1, 1, 0));
    joined = g.relu(g.add(left, right));
    features = g.flatten(g.globalAveragePool(joined));
    return g.build(g.softmax(g.linear("head", features, 3)));
  }

  @Test
  void cutsLieBetweenBlocks_behindActivations_andEndBeforeTheHead() {
    Model model = network();
    List<Cut> cuts = Cuts.of(model);
    // Behind the last layers lie pooling and flattening, which the head reads.
    assertThat(cuts).extracting(Cut::value).containsExactly(stem, features);
    assertThat(cuts).extracting(Cut::layers).containsExactly(1, 3);
    long stemParameters = 4 * 9 + 4;
    assertThat(cuts)
        .extracting(Cut::parameters)
        .containsExactly(stemParameters, stemParameters + 4 * 4 * 9 + 4 + 4 * 4 + 4);
  }

  @Test
  void fewerThanAll_keepTheLast() {
    Model model = network();
    assertThat(Cuts.of(model, 1)).extracting(Cut::value).containsExactly(features);
    assertThat(Cuts.of(model, 9)).hasSize(2);
  }
}
