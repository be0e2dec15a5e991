package dev.graft.importers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.CheckpointStore;
import dev.graft.importers.numpy.Npy;
import dev.graft.importers.safetensors.SafetensorsCheckpointStore;
import dev.graft.importers.safetensors.SafetensorsReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read back as it was. */
class RoundTripTest {

  @TempDir private Path folder;

  private static Model model() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.relu(g.conv("conv", g.input("x", Shape.of(3, 9, 9)), 4, Window.square(3, 2, 1)));
    x = g.maxPool(g.batchNorm("norm", x), Window.square(2, 2, 0));
    x = g.flatten(g.globalAveragePool(g.dropout(x, 0.25)));
    Model model = g.build(g.softmax(g.linear("fc", x, 2)));
    return model.with(
        model
            .metadata()
            .withLabels(List.of("a \"quoted\" one", "ümlaut"))
            .withPreprocessing(Preprocessing.named("caffe", 3, 9, 9))
            .withHead("fc")
            .withProvenance(Map.of("source", "a test", "producer", "Graft")));
  }

  @Test
  void onnx_keepsEverything() throws IOException {
    Model model = model();
    Path file = folder.resolve("model.onnx");
    ModelWriter.write(model, file);
    Model read = ModelReader.read(file);
    assertThat(read.metadata()).isEqualTo(model.metadata());
    assertThat(read.graph().inputs()).isEqualTo(model.graph().inputs());
    assertThat(read.graph().outputs()).isEqualTo(model.graph().outputs());
    assertThat(read.graph().nodes())
        .extracting(Node::name)
        .isEqualTo(model.graph().nodes().stream().map(Node::name).toList());
    assertThat(read.graph().stored()).isEqualTo(model.graph().stored());
    for (String name : model.weights().names()) {
      assertThat(read.weights().get(name).toArray())
          .as(name)
          .isEqualTo(model.weights().get(name).toArray());
    }
    Path again = folder.resolve("again.onnx");
    ModelWriter.write(read, again);
    assertThat(again).hasSameBinaryContentAs(file);
    assertThat(ModelReader.read(new ByteArrayInputStream(Files.readAllBytes(file))).metadata())
        .isEqualTo(model.metadata());
  }

  @Test
  void checkpoints_keepWeightsAndNotes() {
    CheckpointStore store = new SafetensorsCheckpointStore(folder.resolve("checkpoints"));
    assertThat(store.load("best")).isEmpty();
    Map<String, String> notes = Map.of("epoch", "3");
    store.save("best", new CheckpointStore.Checkpoint(model().weights(), notes));
    CheckpointStore.Checkpoint read = store.load("best").orElseThrow();
    assertThat(read.notes()).isEqualTo(notes);
    assertThat(read.weights().get("conv.weight").toArray())
        .isEqualTo(model().weights().get("conv.weight").toArray());
  }

  /** That is all a killed run leaves, and the model it started from may be gone. */
  @Test
  void checkpointAndTheModelItBelongsTo_areAModel() {
    var store = new SafetensorsCheckpointStore(folder.resolve("checkpoints"));
    store.start(model());
    assertThat(store.model("best")).isEmpty();
    Tensor trained = Initializer.normal(1).draw(model().weights().get("fc.bias").shape(), 7);
    Weights state = Weights.of(Map.of("fc.bias", trained));
    store.save("best", new CheckpointStore.Checkpoint(state, Map.of()));
    Model made = store.model("best").orElseThrow();
    assertThat(made.metadata()).isEqualTo(model().metadata());
    for (String name : model().weights().names()) {
      Tensor expected = name.equals("fc.bias") ? trained : model().weights().get(name);
      assertThat(made.weights().get(name).toArray()).as(name).isEqualTo(expected.toArray());
    }
    Weights foreign = Weights.of(Map.of("other", trained));
    store.save("best", new CheckpointStore.Checkpoint(foreign, Map.of()));
    assertThatThrownBy(() -> store.model("best"))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("holds other")
        .hasMessageContaining("not of one run");
  }

  @Test
  void safetensorsOfOtherTypes_becomeFloats() throws IOException {
    String header =
        "{\"half\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
            + "\"brain\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[4,6]},"
            + "\"count\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[6,14]}}";
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 14).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    bytes.putShort((short) 0x3C00).putShort((short) 0x8001).putShort((short) 0xC040).putLong(7);
    Path file = Files.write(folder.resolve("w.safetensors"), bytes.array());
    SafetensorsReader.Contents contents = SafetensorsReader.read(file);
    assertThat(contents.weights().names()).containsExactly("half", "brain", "count");
    assertThat(contents.weights().get("half").toArray()).containsExactly(1f, -0x1p-24f);
    assertThat(contents.weights().get("brain").toArray()).containsExactly(-3f);
    assertThat(contents.weights().get("count").toArray()).containsExactly(7f);
  }

  @Test
  void npy_keepsShapesAndNumbers() {
    for (Shape shape : List.of(Shape.SCALAR, Shape.of(3), Shape.of(2, 0, 3), Shape.of(2, 3, 4))) {
      float[] values = new float[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = i - 1.5f;
      }
      Path file = folder.resolve("x.npy");
      Npy.write(Tensor.of(shape, values), file);
      assertThat(Npy.read(file).shape()).isEqualTo(shape);
      assertThat(Npy.read(file).toArray()).isEqualTo(values);
    }
  }

  @Test
  void npyInFortranOrderAndBigEndian_isTurnedAround() throws IOException {
    String header = "{'descr': '>i4', 'fortran_order': True, 'shape': (2, 3), }\n";
    ByteBuffer bytes = ByteBuffer.allocate(10 + header.length() + 24);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.put((byte) header.length()).put((byte) 0).put(header.getBytes());
    for (int value : new int[] {1, 4, 2, 5, 3, 6}) {
      bytes.putInt(value);
    }
    Path file = Files.write(folder.resolve("f.npy"), bytes.array());
    assertThat(Npy.read(file).toArray()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void preprocessing_isReadBack_andItsMistakesAreNamed() {
    Preprocessing imagenet = Preprocessing.named("imagenet", 3, 224, 224);
    assertThat(PreprocessingJson.read(PreprocessingJson.write(imagenet))).isEqualTo(imagenet);
    String json = PreprocessingJson.write(imagenet);
    assertThatThrownBy(() -> PreprocessingJson.read(json.replace("RGB", "CMY")))
        .hasMessageContaining("channels");
    assertThatThrownBy(() -> PreprocessingJson.read(json.replace("height", "hight")))
        .hasMessageContaining("hight");
    assertThatThrownBy(() -> PreprocessingJson.read("[1")).isInstanceOf(ImportException.class);
  }

  @Test
  void nameOfAnotherFormat_isRefused() {
    assertThatThrownBy(() -> ModelWriter.write(model(), folder.resolve("model.h5")))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining(".onnx or .safetensors");
  }
}
