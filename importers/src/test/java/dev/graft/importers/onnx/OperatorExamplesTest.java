package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.onnx.OperatorExamples.Example;
import dev.graft.importers.onnx.operator.OnnxOperator;
import dev.graft.importers.onnx.operator.OnnxOperators;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What holds for each operator: it is written as it was read, and samples of a batch stay apart.
 */
class OperatorExamplesTest extends ReaderTest {

  @Test
  void everyOperator_hasAnExample() {
    TreeSet<String> found = new TreeSet<>();
    OperatorExamples.all().forEach(example -> found.add(example.operator()));
    assertThat(found)
        .containsExactlyElementsOf(OnnxOperators.all().stream().map(OnnxOperator::name).toList());
  }

  /** An operator that imports and cannot be exported would show at the end of a training run. */
  @Test
  void everyOperatorThatIsRead_isWritten() throws IOException {
    for (Example example : OperatorExamples.all()) {
      Model model;
      try {
        model = read(example.file(-1)).model();
      } catch (ImportException e) {
        // Examples that need a certain batch are for the test below.
        continue;
      }
      Path copy = folder.resolve("copy.onnx");
      ModelWriter.write(model, copy);
      Graph again = ModelReader.read(copy).graph();
      assertThat(again.nodes()).as(example.toString()).isEqualTo(model.graph().nodes());
      assertThat(again.inputs()).as(example.toString()).isEqualTo(model.graph().inputs());
    }
  }

  /** A batch that the file fixes is opened where three samples give what each gives by itself. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void samplesStayApart_orTheBatchStays(int batch) throws IOException {
    List<String> opened = new ArrayList<>();
    for (Example example : OperatorExamples.all()) {
      String what = example + " fixed to " + batch;
      ImportedModel imported;
      try {
        imported = read(example.file(batch));
      } catch (ImportException e) {
        assertThat(e).as(what).hasMessageContaining(folder.toString());
        continue;
      }
      InputSpec input = imported.model().graph().input();
      if (!input.isBatched()) {
        assertThat(imported.report().warnings())
            .as(what)
            .anyMatch(w -> w.startsWith("the batch stays " + batch));
        continue;
      }
      opened.add(example.operator());
      expectApart(what, imported.model(), batch);
    }
    assertThat(new TreeSet<>(opened)).hasSizeGreaterThan(30);
  }

  private static void expectApart(String what, Model model, int fileBatch) {
    InputSpec input = model.graph().input();
    String output = model.graph().output();
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model, backend)) {
      Tensor three = numbers(input.bind(3));
      Tensor together = session.run(Map.of(input.name(), three)).get(output);
      assertThat(together.shape().size(0)).as(what).isEqualTo(3);
      int length = three.shape().elements() / 3;
      for (int i = 0; i < 3; i++) {
        float[] one = Arrays.copyOfRange(three.toArray(), i * length, (i + 1) * length);
        Tensor alone = session.run(Map.of(input.name(), Tensor.of(input.bind(1), one))).get(output);
        int results = alone.shape().elements();
        assertThat(together.shape()).as(what).isEqualTo(alone.shape().with(0, 3));
        assertThat(Arrays.copyOfRange(together.toArray(), i * results, (i + 1) * results))
            .as(what)
            .containsExactly(alone.toArray());
      }
      // And the batch of the file itself still fits.
      session.run(Map.of(input.name(), numbers(input.bind(fileBatch))));
    }
  }

  private static Tensor numbers(Shape shape) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + i * 37 % 101 / 16f;
    }
    return Tensor.of(shape, values);
  }
}
