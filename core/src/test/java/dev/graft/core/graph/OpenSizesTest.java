package dev.graft.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.op.Samples;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.train.loss.CrossEntropy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a graph tells of itself while sizes of its inputs are open. */
class OpenSizesTest {

  /** {@code [?,3,?,?]} with these names for what is open. */
  private static InputSpec picture(String batch, String height, String width) {
    Shape shape =
        Shape.ofSizes(
            Size.open(batch, ""), Size.of(3), Size.open(height, ""), Size.open(width, ""));
    return new InputSpec("x", ElementType.FLOAT32, shape);
  }

  /** {@code [N,3,H,W] -> [N,5]}. */
  private static Model network() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input(picture("batch", "height", "width"));
    x = g.batchNorm("norm", g.conv("conv", x, 8, Window.square(3, 2, 1)));
    x = g.maxPool(g.relu(x), Window.square(2, 2, 0));
    return g.build(g.softmax(g.linear("fc", g.flatten(g.globalAveragePool(x)), 5)));
  }

  @Test
  void sizes_areBoundOneByOne() {
    InputSpec input = picture("batch", "height", "width");
    assertThat(input).hasToString("[N,3,height,width]");
    assertThat(input.bind(2)).hasToString("[2,3,height,width]");
    assertThat(input.bind(Map.of("width", 7))).hasToString("[N,3,height,7]");
    assertThat(input.bind(Map.of("N", 1, "height", 5, "width", 7))).isEqualTo(Shape.of(1, 3, 5, 7));
  }

  @Test
  void axesOfOneName_areDifferentAxes() {
    InputSpec input = picture("batch", "batch", "batch");
    assertThat(input).hasToString("[N,3,batch,batch.3]");
    assertThat(input.bind(2)).hasToString("[2,3,batch,batch.3]");
    assertThat(input.bind(Map.of("batch", 7))).hasToString("[N,3,7,batch.3]");
  }

  @Test
  void shapes_areToldInTermsOfWhatIsOpen() {
    Graph graph = network().graph();
    Map<String, Shape> shapes = graph.shapes(4);
    assertThat(shapes.get("conv")).hasToString("[4,8,(height-1)/2+1,(width-1)/2+1]");
    assertThat(shapes.get(graph.output())).isEqualTo(Shape.of(4, 5));
    assertThat(graph.outputSize()).isEqualTo(5);
  }

  @Test
  void aLoss_isAttachedBeforeTheSizeIsKnown() {
    Graph graph = new CrossEntropy(0).attach(network().graph()).graph();
    assertThat(graph.inputs().get(1)).hasToString("[N]");
    Shape fed = Shape.of(2, 3, 9, 14);
    assertThat(graph.shapes(Map.of("x", fed, "graft.target", Shape.of(2)))).isNotEmpty();
  }

  @Test
  void aFrozenPrefix_isFoundBeforeTheSizeIsKnown() {
    Graph graph = network().graph();
    FrozenPrefix pooled = FrozenPrefix.of(graph, Set.of("fc.weight"));
    assertThat(pooled.isWorthwhile()).isTrue();
    assertThat(pooled.bytesPerExample()).isEqualTo(4 * 8);
    FrozenPrefix maps = FrozenPrefix.of(graph, Set.of("norm.bias"));
    assertThat(maps.features().get("conv")).hasToString("[8,(height-1)/2+1,(width-1)/2+1]");
    Shape small = picture("N", "height", "width").bind(Map.of("height", 9, "width", 5));
    FrozenPrefix bound = FrozenPrefix.of(graph.withInputs(Map.of("x", small)), Set.of("norm.bias"));
    assertThat(bound.bytesPerExample()).isEqualTo(4 * 8 * 5 * 3);
  }

  @Test
  void samples_areFollowedAlongTheirAxis() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(4, 6));
    String turned = g.op(new Transpose(List.of(1, 0, 2)), x);
    String along = g.op(new Softmax(1), turned);
    String kept = g.op(new Softmax(2), turned);
    String rows = g.op(new Reshape(List.of(-1, 6)), x);
    SampleAxes samples = SampleAxes.of(g.build(turned, along, kept, rows).graph());
    assertThat(samples.of(turned)).isEqualTo(1);
    assertThat(samples.of(kept)).isEqualTo(1);
    assertThat(samples.of(along)).as("samples meet").isEqualTo(Samples.MIXED);
    assertThat(samples.of(rows)).as("four rows each").isEqualTo(Samples.MIXED);
  }

  @Test
  void whatDoesNotFit_isToldWhateverIsOpen() {
    Graph graph = network().graph();
    assertThatThrownBy(() -> graph.withInputs(Map.of("x", Shape.of(1, 4, 8, 8))))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("[N,3,height,width]");
  }
}
