package dev.graft.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Constant;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.ShapeOf;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.surgery.Surgery;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.PreprocessingJson;
import dev.graft.tests.Material;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What we export, ONNX Runtime opens and computes the same. */
class OnnxRuntimeTest {

  private static final long SEED = 11;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cifar10_resnet20",
        "mobilenet_v2_1.0_224_tf2ptq",
        "squeezenet1.0_dc_caffe",
        "version-RFB-320"
      })
  void realNetworks_giveTheSameOutputs(String name) throws OrtException {
    Model model = ModelReader.read(Material.path("models_onnx/" + name + ".onnx"));
    for (int batch : batches(model)) {
      agree(model, batch);
    }
  }

  /** One and three, or whatever the model fixes. */
  private static List<Integer> batches(Model model) {
    InputSpec input = model.graph().input();
    return input.isBatched() ? List.of(1, 3) : List.of(input.shape().size(0));
  }

  @Test
  void replacedHead_givesTheSameOutputs_andCarriesItsUse() throws OrtException {
    Model model = ModelReader.read(Material.path("models_onnx/squeezenet1.0_dc_caffe.onnx"));
    Preprocessing caffe = Preprocessing.named("caffe", 3, 227, 227);
    Model ready = model.with(model.metadata().withPreprocessing(caffe));
    Model grafted = Surgery.replaceHead(ready, List.of("ants", "bees"), 1);
    agree(grafted, 1);
    Map<String, String> said = agree(grafted, 3);
    assertThat(said)
        .containsEntry("graft.labels", "[\"ants\",\"bees\"]")
        .containsEntry("graft.preprocessing", PreprocessingJson.write(caffe))
        .containsEntry("graft.head", grafted.head().layer().name())
        .containsEntry("graft.trunk", grafted.head().trunk());
    assertThat(ModelReader.read(folder.resolve("model.onnx")).metadata().labels())
        .containsExactly("ants", "bees");
  }

  @Test
  void arithmeticOnShapes_isWritten() throws OrtException {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.relu(g.input("x", Shape.of(4, 6)));
    String rows = g.op(new Gather(0), g.op(new ShapeOf(), x), g.op(Constant.of(0L)));
    String target =
        g.op(new Concat(0), g.op(new Mul(), rows, g.op(Constant.of(4L))), g.op(Constant.of(6L)));
    Model model = g.build(g.op(Reshape.toInput(), x, target));
    agree(model, 1);
    agree(model, 3);
  }

  @ParameterizedTest
  @MethodSource("dev.graft.tests.onnx.OperatorVariants#all")
  void everyOperatorInEveryVariant_givesTheSameOutputs(OperatorVariants.Variant variant)
      throws OrtException {
    Model model = variant.model();
    agree(model, 1);
    agree(model, 3);
  }

  /** Writes a model and compares its outputs. Returns the file's metadata. */
  private Map<String, String> agree(Model model, int batch) throws OrtException {
    Path file = folder.resolve("model.onnx");
    ModelWriter.write(model, file);
    Map<String, Tensor> inputs = new HashMap<>();
    for (InputSpec input : model.graph().inputs()) {
      inputs.put(input.name(), OperatorVariants.random(input.bind(batch), SEED));
    }
    try (JavaBackend backend = new JavaBackend(2);
        Session ours = Session.of(model, backend)) {
      return OnnxRuntime.agree("seed " + SEED, file, inputs, ours.run(inputs));
    }
  }
}
