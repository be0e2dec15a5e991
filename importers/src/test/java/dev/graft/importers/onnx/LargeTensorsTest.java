package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.graft.core.graph.Model;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights stay in the file until they are the model's. */
class LargeTensorsTest {

  private static final int SIDE = 256;

  @TempDir private Path folder;

  private static float[] values() {
    float[] values = new float[SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 0.25f - 7;
    }
    return values;
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static TensorProto.Builder weight(byte[] bytes) {
    return TensorProto.newBuilder()
        .setName("w")
        .addDims(SIDE)
        .addDims(SIDE)
        .setDataType(TensorProto.DataType.FLOAT.getNumber())
        .setRawData(ByteString.copyFrom(bytes));
  }

  private static OnnxFile file(TensorProto.Builder weight) {
    OnnxFile file = new OnnxFile(17);
    file.input("x", 2, SIDE).stored(weight).floats("b", new int[] {1}, 3);
    file.node("MatMul", "x", "w");
    file.node("Add", "out0", "b");
    return file.output();
  }

  private static float[] stored(Model model, String name) {
    return model.weights().get(name).toArray();
  }

  @Test
  void aFile_hasTheWeightsOfItsStream_andParsesWithoutThem() throws IOException {
    Path written = file(weight(bytes(values()))).write(folder.resolve("a b'ü.onnx"));
    ModelProto parsed = ModelFileParser.parse(written);
    assertThat(parsed.getSerializedSize()).isLessThan(1000);
    Model model = ModelReader.read(written);
    assertThat(stored(model, "w")).isEqualTo(values());
    try (InputStream in = Files.newInputStream(written)) {
      assertThat(stored(ModelReader.read(in), "w")).isEqualTo(values());
    }
  }

  /** Where the file is a link, its weights are behind it. */
  @Test
  void aLinkToAFile_isReadLikeTheFile() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path written = file(weight(bytes(values()))).write(elsewhere.resolve("blob"));
    Path link = Files.createSymbolicLink(folder.resolve("model.onnx"), written);
    assertThat(stored(ModelReader.read(link), "w")).isEqualTo(values());
  }

  /** A message may come in parts, which are then one (the encoding's rules of merging). */
  @Test
  void aGraphInTwoParts_isOne() throws IOException {
    GraphProto graph = file(weight(bytes(values()))).proto().getGraph();
    ModelProto head = file(weight(bytes(values()))).proto().toBuilder().clearGraph().build();
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    head.writeTo(parts);
    CodedOutputStream out = CodedOutputStream.newInstance(parts);
    out.writeMessage(ModelProto.GRAPH_FIELD_NUMBER, graph.toBuilder().clearInitializer().build());
    out.writeMessage(
        ModelProto.GRAPH_FIELD_NUMBER,
        GraphProto.newBuilder().addAllInitializer(graph.getInitializerList()).build());
    out.flush();
    Path written = Files.write(folder.resolve("model.onnx"), parts.toByteArray());
    assertThat(stored(ModelReader.read(written), "w")).isEqualTo(values());
  }

  @Test
  void weightsThatAreCutOff_orOfAnotherSize_areOneLine() throws IOException {
    byte[] whole = file(weight(bytes(values()))).proto().toByteArray();
    Path cut = folder.resolve("cut.onnx");
    for (int length : new int[] {whole.length - 1, whole.length / 2, 40}) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> ModelReader.read(cut))
          .isInstanceOf(ImportException.class)
          .hasMessageStartingWith(cut + ": is no ONNX model, or it is truncated or damaged")
          .message()
          .hasLineCount(1);
    }
    byte[] longer = Arrays.copyOf(bytes(values()), 4 * SIDE * SIDE + 4);
    Path other = file(weight(longer)).write(folder.resolve("other.onnx"));
    assertThatThrownBy(() -> ModelReader.read(other))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("tensor w: its sizes ask for 262144 bytes")
        .hasMessageContaining("262148");
  }
}
