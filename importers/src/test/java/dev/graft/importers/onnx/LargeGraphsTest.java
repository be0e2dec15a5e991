package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Node;
import dev.graft.core.tensor.Shape;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Time and memory grow with the file. Where they grew with its square, a hundred thousand nodes
 * would take minutes; where with what it asks for, forty nodes would take the heap.
 */
@Timeout(60)
class LargeGraphsTest extends ReaderTest {

  private static final int MANY = 100_000;

  @Test
  void longChain_inReverse_allOfOneName() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    for (int i = MANY; i > 0; i--) {
      file.named("v" + i, "Relu", i == 1 ? "x" : "v" + (i - 1)).called("act");
    }
    Graph graph = read(file.output("v" + MANY)).model().graph();
    Set<String> names = new HashSet<>();
    graph.nodes().forEach(node -> names.add(node.name()));
    assertThat(names).hasSize(MANY);
    assertThat(graph.nodes().get(0).output()).isEqualTo("v1");
  }

  @Test
  void oneNodeThatReadsAll() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    String[] reads = new String[MANY / 4];
    for (int i = 0; i < reads.length; i++) {
      reads[i] = "v" + i;
      file.named(reads[i], "Relu", "x");
    }
    file.named("all", "Concat", reads).integer("axis", 1);
    assertThat(read(file.output()).model().graph().shapes(3).get("all"))
        .isEqualTo(Shape.of(3, 2 * reads.length));
  }

  @Test
  void oneWeightForAll_isUntiedForEach() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.floats("w", new int[] {2}, 1, 2);
    int count = MANY / 10;
    for (int i = 0; i < count; i++) {
      file.named("w" + i, "Identity", "w");
      file.named("v" + i, "Add", i == 0 ? "x" : "v" + (i - 1), "w" + i);
    }
    assertThat(read(file.output()).model().graph().stored()).hasSize(count);
  }

  @Test
  void shapeArithmeticBeforeEveryNode() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2, 3).longs("0", 0).longs("1", 1);
    file.longs("-1", -1);
    int count = MANY / 20;
    for (int i = 0; i < count; i++) {
      String from = i == 0 ? "x" : "v" + (i - 1);
      file.named("shape" + i, "Shape", from);
      file.named("n" + i, "Slice", "shape" + i, "0", "1");
      file.named("target" + i, "Concat", "n" + i, "-1", "1").integer("axis", 0);
      file.named("v" + i, "Reshape", from, "target" + i);
    }
    assertThat(read(file.output()).model().graph().nodes()).hasSize(count);
  }

  @Test
  void unknownOperatorsWithoutNumber_makeAMessageThatCanBeRead() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    for (int i = 0; i < MANY / 4; i++) {
      file.named("v" + i, "Unknown" + i, i == 0 ? "x" : "v" + (i - 1));
    }
    refused(file.output(), "Unknown0 (node v0)");
  }

  /** Each node doubles what it reads: the last would hold 2^60 numbers. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void constantsThatDouble_areNotCarriedOutWithoutEnd(boolean whole) throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    if (whole) {
      file.longs("v0", 1, 1);
    } else {
      file.floats("v0", new int[] {2}, 1, 1);
    }
    for (int i = 1; i < 60; i++) {
      file.named("v" + i, "Concat", "v" + (i - 1), "v" + (i - 1)).integer("axis", 0);
    }
    file.node("Reshape", "x", "v59");
    refused(file.output());
  }

  @Test
  void productsOfConstants_areLeftToTheRun() throws IOException {
    // Two vectors make two matrices, whose product would take 2^36 multiplications at import.
    OnnxFile file = new OnnxFile(13).input("x", -1, 1);
    int size = 1 << 12;
    file.floats("row", new int[] {1, size}, new float[size]);
    file.floats("column", new int[] {size, 1}, new float[size]);
    file.named("square", "Add", "row", "column");
    file.named("product", "MatMul", "square", "square");
    file.named("mean", "ReduceMean", "product").integers("axes", 0, 1).integer("keepdims", 0);
    file.node("Add", "x", "mean");
    List<Node> nodes = read(file.output()).model().graph().nodes();
    assertThat(nodes).extracting(n -> n.op().type()).contains("MatMul");
  }
}
