package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of the reader share: a folder, and the ways a file put together by hand goes. */
abstract class ReaderTest {

  @TempDir Path folder;

  /** The model as the file has it: rewrites, which are the same for every format, come later. */
  final ImportedModel read(OnnxFile file) throws IOException {
    return OnnxReader.read(file.write(folder.resolve("model.onnx")));
  }

  /** The operation of a file that must become one node. */
  final Op onlyOp(OnnxFile file) throws IOException {
    List<Node> nodes = read(file.output()).model().graph().nodes();
    assertThat(nodes).hasSize(1);
    return nodes.get(0).op();
  }

  /** Expects one line that starts with the file's name and holds all {@code parts}. */
  final void refused(OnnxFile file, String... parts) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(ImportException.class)
        .message()
        .startsWith(folder.resolve("model.onnx").toString())
        .doesNotContain("\n")
        .satisfies(message -> assertThat(List.of(parts)).allMatch(message::contains));
  }

  /** The output of a model with one input, fed with {@code 0, 1, 2 …}. */
  static Tensor run(Model model, int batch) {
    InputSpec input = model.graph().input();
    float[] counted = new float[input.bind(batch).elements()];
    for (int i = 0; i < counted.length; i++) {
      counted[i] = i;
    }
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model, backend)) {
      return session
          .run(Map.of(input.name(), Tensor.of(input.bind(batch), counted)))
          .get(model.graph().output());
    }
  }
}
