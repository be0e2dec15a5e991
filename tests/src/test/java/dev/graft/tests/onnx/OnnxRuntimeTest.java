package dev.graft.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.core.backend.JavaBackend;
import dev.graft.core.backend.Rng;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.AveragePool;
import dev.graft.core.op.Clip;
import dev.graft.core.op.Concat;
import dev.graft.core.op.Div;
import dev.graft.core.op.Exp;
import dev.graft.core.op.GlobalMaxPool;
import dev.graft.core.op.Identity;
import dev.graft.core.op.LeakyRelu;
import dev.graft.core.op.LogSoftmax;
import dev.graft.core.op.MatMul;
import dev.graft.core.op.Mul;
import dev.graft.core.op.Pad;
import dev.graft.core.op.ReduceMean;
import dev.graft.core.op.Reshape;
import dev.graft.core.op.Slice;
import dev.graft.core.op.Squeeze;
import dev.graft.core.op.Sub;
import dev.graft.core.op.Transpose;
import dev.graft.core.op.Unsqueeze;
import dev.graft.core.op.Window;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.Surgery;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.tests.Material;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we export, ONNX Runtime opens and computes the same. */
class OnnxRuntimeTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mobilenet_v2_1.0_224_tf2ptq", "cifar10_resnet20", "version-RFB-320"})
  void realNetworks_giveTheSameOutputs(String name) throws OrtException {
    Model model = ModelReader.read(Material.path("models_onnx/" + name + ".onnx"));
    agree(model, name.startsWith("version") ? 1 : 2);
  }

  @Test
  void replacedHead_givesTheSameOutputs_andCarriesItsUse() throws OrtException {
    Model model = ModelReader.read(Material.path("models_onnx/squeezenet1.0_dc_caffe.onnx"));
    Preprocessing caffe = Preprocessing.named("caffe", 3, 227, 227);
    Model ready = model.with(model.metadata().withPreprocessing(caffe));
    Model grafted = Surgery.replaceHead(ready, List.of("ants", "bees"), 1);
    Map<String, String> said = agree(grafted, 2);
    assertThat(said)
        .containsEntry("graft.labels", "[\"ants\",\"bees\"]")
        .containsEntry("graft.head", grafted.head().layer().name())
        .containsEntry("graft.trunk", grafted.head().trunk())
        .containsKey("graft.preprocessing");
    assertThat(ModelReader.read(folder.resolve("model.onnx")).metadata().labels())
        .containsExactly("ants", "bees");
  }

  @Test
  void everyOperator_givesTheSameOutputs() throws OrtException {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(4, 9, 8));
    String convolved =
        g.conv(
            "conv",
            x,
            6,
            new Window(
                List.of(3, 2),
                List.of(2, 1),
                List.of(1, 2),
                List.of(1, 0, 2, 1),
                AutoPad.NOTSET,
                false),
            2,
            true);
    String y = g.relu(g.batchNorm("norm", convolved));
    String same =
        g.conv(
            "same",
            y,
            6,
            new Window(
                List.of(3, 3),
                List.of(1, 1),
                List.of(1, 1),
                List.of(0, 0, 0, 0),
                AutoPad.SAME_UPPER,
                false),
            6,
            false);
    y = g.add(y, g.op(new LeakyRelu(0.1), same));
    y = g.concat(y, g.sigmoid(y), g.op(new Clip(-0.5, Double.POSITIVE_INFINITY), g.tanh(y)));
    y = g.op(new Mul(), y, g.weight("half", Tensor.of(Shape.SCALAR, 0.5f)));
    y = g.op(new Sub(), y, g.op(new Exp(), g.op(new Clip(-2, 1), y)));
    y = g.op(new Div(), y, g.weight("two", Tensor.of(Shape.of(1), 2)));
    y = g.op(new Pad(List.of(0, 0, 1, 0, 0, 0, 0, 2), 0.25), y);
    y =
        g.maxPool(
            y,
            new Window(
                List.of(3, 3),
                List.of(2, 2),
                List.of(1, 1),
                List.of(1, 1, 1, 1),
                AutoPad.NOTSET,
                true));
    String averaged = g.op(new AveragePool(Window.square(2, 1, 1), true), y);
    y =
        g.op(
            new Slice(
                List.of(0L, -1L), List.of(3L, Long.MIN_VALUE), List.of(2, 3), List.of(1L, -1L)),
            averaged);
    String most = g.op(new Squeeze(List.of(3)), g.op(new GlobalMaxPool(), y));
    String mean = g.op(new ReduceMean(List.of(2, 3), true), y);
    mean = g.op(new Reshape(List.of(0, -1)), g.op(new Identity(), mean));
    most = g.op(new Transpose(List.of(0, 2, 1)), most);
    most = g.op(new Squeeze(List.of(1)), most);
    String joined = g.op(new Concat(1), most, g.dropout(mean, 0.3));
    joined = g.op(new MatMul(), joined, g.weight("matrix", random(Shape.of(36, 5), 5)));
    joined = g.linear("linear", joined, 7);
    joined = g.op(new Squeeze(List.of(1)), g.op(new Unsqueeze(List.of(1)), joined));
    agree(g.build(g.op(new LogSoftmax(1), joined), g.softmax(joined), averaged), 3);
  }

  private static Tensor random(Shape shape, long key) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Rng.gaussian(key, i);
    }
    return Tensor.of(shape, values);
  }

  /** Compares outputs to 1e-4 of the largest; returns the file's metadata. */
  private Map<String, String> agree(Model model, int batch) throws OrtException {
    Path file = folder.resolve("model.onnx");
    ModelWriter.write(model, file);
    Map<String, Tensor> inputs = new HashMap<>();
    for (InputSpec input : model.graph().inputs()) {
      inputs.put(input.name(), random(input.bind(batch), 11));
    }
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession theirs = environment.createSession(file.toString());
        JavaBackend backend = new JavaBackend(2);
        Session ours = Session.of(model, backend)) {
      Map<String, Tensor> expected = ours.run(inputs);
      Map<String, OnnxTensor> fed = new HashMap<>();
      for (Map.Entry<String, Tensor> entry : inputs.entrySet()) {
        int[] sizes = entry.getValue().shape().toArray();
        long[] shape = Arrays.stream(sizes).asLongStream().toArray();
        fed.put(
            entry.getKey(),
            OnnxTensor.createTensor(
                environment, FloatBuffer.wrap(entry.getValue().toArray()), shape));
      }
      try (OrtSession.Result results = theirs.run(fed)) {
        for (Map.Entry<String, Tensor> entry : expected.entrySet()) {
          OnnxTensor tensor = (OnnxTensor) results.get(entry.getKey()).orElseThrow();
          float[] found = new float[entry.getValue().shape().elements()];
          tensor.getFloatBuffer().get(found);
          close(entry.getKey(), entry.getValue().toArray(), found);
        }
      }
      fed.values().forEach(OnnxTensor::close);
      return theirs.getMetadata().getCustomMetadata();
    }
  }

  private static void close(String name, float[] ours, float[] theirs) {
    double largest = 0;
    for (float value : theirs) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < ours.length; i++) {
      assertThat(Math.abs(ours[i] - theirs[i]))
          .as("%s[%d]: %s, ONNX Runtime %s", name, i, ours[i], theirs[i])
          .isLessThanOrEqualTo((float) (1e-4 * largest));
    }
  }
}
