package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.graft.core.backend.Buffer;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.onnx.proto.StringStringEntryProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorProto.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights of every type and in every place that the format knows. */
class StoredTensorsTest extends ReaderTest {

  @TempDir private Path elsewhere;

  /** Reads a file that adds the stored vector w of two numbers to its input. */
  private float[] weight(TensorProto.Builder w) throws IOException {
    return read(adding(w)).model().weights().get("w").toArray();
  }

  private static OnnxFile adding(TensorProto.Builder w) {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2).stored(w.setName("w"));
    file.node("Add", "x", "w");
    return file.output();
  }

  private static TensorProto.Builder pair(DataType type) {
    return TensorProto.newBuilder().addDims(2).setDataType(type.getNumber());
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteString filled(ByteBuffer bytes) {
    return ByteString.copyFrom(bytes.flip());
  }

  @Test
  void typedFields_areRead() throws IOException {
    assertThat(weight(pair(DataType.FLOAT).addFloatData(1.5f).addFloatData(-2)))
        .containsExactly(1.5f, -2);
    assertThat(weight(pair(DataType.DOUBLE).addDoubleData(0.1).addDoubleData(1e300)))
        .containsExactly(0.1f, Float.POSITIVE_INFINITY);
    // 1.5 and the smallest denormal, -2^-24.
    assertThat(weight(pair(DataType.FLOAT16).addInt32Data(0x3E00).addInt32Data(0x8001)))
        .containsExactly(1.5f, -0x1p-24f);
    assertThat(weight(pair(DataType.BFLOAT16).addInt32Data(0x3FC0).addInt32Data(0xC000)))
        .containsExactly(1.5f, -2);
  }

  @Test
  void rawBytes_areRead() throws IOException {
    assertThat(
            weight(pair(DataType.FLOAT).setRawData(filled(bytes(8).putFloat(1.5f).putFloat(-2)))))
        .containsExactly(1.5f, -2);
    assertThat(
            weight(
                pair(DataType.DOUBLE).setRawData(filled(bytes(16).putDouble(0.1).putDouble(-2)))))
        .containsExactly(0.1f, -2);
    assertThat(
            weight(
                pair(DataType.FLOAT16)
                    .setRawData(
                        filled(bytes(4).putShort((short) 0x7C00).putShort((short) 0xBC00)))))
        .containsExactly(Float.POSITIVE_INFINITY, -1);
    assertThat(
            weight(
                pair(DataType.BFLOAT16)
                    .setRawData(
                        filled(bytes(4).putShort((short) 0x3FC0).putShort((short) 0xC000)))))
        .containsExactly(1.5f, -2);
  }

  @Test
  void shapesOfEveryWholeNumberType_areRead() throws IOException {
    reshapes(pair(DataType.INT64).addInt64Data(-1).addInt64Data(2));
    reshapes(pair(DataType.INT64).setRawData(filled(bytes(16).putLong(-1).putLong(2))));
    reshapes(pair(DataType.INT32).addInt32Data(-1).addInt32Data(2));
    reshapes(pair(DataType.INT32).setRawData(filled(bytes(8).putInt(-1).putInt(2))));
  }

  private void reshapes(TensorProto.Builder target) throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4).stored(target.setName("target"));
    file.node("Reshape", "x", "target");
    assertThat(onlyOp(file)).isEqualTo(new Reshape(List.of(-1, 2)));
  }

  @Test
  void convertedTypes_areReported() throws IOException {
    TensorProto.Builder half = pair(DataType.FLOAT16).addInt32Data(0).addInt32Data(0);
    assertThat(read(adding(half)).report().notes())
        .containsExactly("1 float16 tensors converted to float32");
    TensorProto.Builder single = pair(DataType.FLOAT).addFloatData(0).addFloatData(0);
    assertThat(read(adding(single)).report().notes()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"STRING", "COMPLEX64", "UNDEFINED"})
  void otherTypes_areRefused(DataType type) {
    refused(adding(pair(type)), "tensor w", "not supported", "float32");
  }

  @Test
  void tensorsThatHoldMoreOrLessThanTheirSizes_areRefused() {
    refused(adding(pair(DataType.FLOAT)), "tensor w", "[2]", "holds 0");
    refused(adding(pair(DataType.FLOAT).addFloatData(1)), "tensor w", "[2]", "holds 1");
    ByteString odd = ByteString.copyFrom(new byte[9]);
    refused(adding(pair(DataType.FLOAT).setRawData(odd)), "tensor w", "[2]", "damaged");
    ByteString long3 = ByteString.copyFrom(new byte[12]);
    refused(adding(pair(DataType.FLOAT).setRawData(long3)), "tensor w", "[2]", "holds 3");
  }

  @Test
  void identitiesOfWeights_becomeWeightsOfTheirOwn() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.floats("w", new int[] {2, 2}, 1, 2, 3, 4).floats("b", new int[] {2}, 5, 6);
    file.named("b2", "Identity", "b");
    file.named("b3", "Identity", "b2");
    file.named("h", "Gemm", "x", "w", "b");
    file.named("i", "Gemm", "h", "w", "b2");
    file.node("Gemm", "i", "w", "b3");
    Model model = read(file.output()).model();
    assertThat(model.graph().stored(Role.PARAMETER)).containsExactly("w", "b", "b2", "b3");
    for (String copy : List.of("b2", "b3")) {
      // Nobody writes into a stored tensor: until they are trained they may share memory.
      assertThat(model.weights().get(copy).toArray()).containsExactly(5, 6);
    }
  }

  private static TensorProto.Builder outside(String location, int count) {
    return TensorProto.newBuilder()
        .addDims(count)
        .setDataType(DataType.FLOAT.getNumber())
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private void store(Path file) throws IOException {
    ByteBuffer bytes = bytes(12).putFloat(9).putFloat(2).putFloat(3);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes.array());
  }

  @Test
  void dataBesideTheModel_isRead() throws IOException {
    store(folder.resolve("w.bin"));
    assertThat(weight(outside("w.bin", 2))).containsExactly(9, 2);
    assertThat(weight(outside("w.bin", 2).addExternalData(entry("offset", "4"))))
        .containsExactly(2, 3);
    assertThat(weight(outside("./w.bin", 2).addExternalData(entry("length", "8"))))
        .containsExactly(9, 2);
    store(folder.resolve("weights/w.bin"));
    assertThat(weight(outside("weights/w.bin", 2))).containsExactly(9, 2);
    assertThat(weight(outside("weights/../w.bin", 2))).containsExactly(9, 2);
  }

  @Test
  void dataThatIsMissingOrTooShort_isRefusedByName() throws IOException {
    store(folder.resolve("w.bin"));
    refused(adding(outside("none.bin", 2)), "tensor w", "none.bin", "missing");
    refused(adding(outside("", 2)), "tensor w", "missing");
    refused(adding(outside("w.bin", 4)), "tensor w", "w.bin", "12 bytes");
    for (String offset : List.of("8", "-4", "9223372036854775807", "x")) {
      refused(adding(outside("w.bin", 2).addExternalData(entry("offset", offset))), "tensor w");
    }
    refused(adding(outside("w.bin", 2).addExternalData(entry("length", "4"))), "tensor w", "4");
  }

  @Test
  void dataOutsideTheModelsFolder_isNeverRead() throws IOException {
    Path secret = elsewhere.resolve("w.bin");
    store(secret);
    String up = folder.toRealPath().relativize(secret.toRealPath()).toString();
    assertThat(up).startsWith("..");
    refused(adding(outside(up, 2)), "tensor w", "outside");
    refused(adding(outside(secret.toAbsolutePath().toString(), 2)), "tensor w", "outside");
    Files.createSymbolicLink(folder.resolve("link.bin"), secret);
    refused(adding(outside("link.bin", 2)), "tensor w", "link.bin", "outside");
    Files.createSymbolicLink(folder.resolve("sub"), elsewhere);
    refused(adding(outside("sub/w.bin", 2)), "tensor w", "outside");
    refused(adding(outside("a\0b", 2)), "tensor w");
    refused(adding(outside(".", 2)), "tensor w");
  }

  @Test
  void modelWithinAnArchive_isRead_withTheDataBesideItThere() throws IOException {
    Path archive = folder.resolve("models.zip");
    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      OnnxFile whole = new OnnxFile(13).input("x", -1, 2);
      whole.node("Relu", "x");
      whole.output().write(zip.getPath("/whole.onnx"));
      adding(outside("w.bin", 2)).write(zip.getPath("/outside.onnx"));
      adding(outside("other.bin", 2)).write(zip.getPath("/lacking.onnx"));
      store(zip.getPath("/w.bin"));
    }
    try (FileSystem zip = FileSystems.newFileSystem(archive)) {
      assertThat(ModelReader.read(zip.getPath("/whole.onnx")).graph().nodes()).hasSize(1);
      assertThat(ModelReader.read(zip.getPath("/outside.onnx")).weights().get("w").toArray())
          .containsExactly(9, 2);
      for (String name : List.of("/lacking.onnx", "/missing.onnx")) {
        assertThatThrownBy(() -> ModelReader.read(zip.getPath(name)))
            .isInstanceOf(ImportException.class);
      }
    }
  }

  /** As Hugging Face keeps downloads: links in one folder, files under other names in another. */
  @Test
  void dataBesideTheFileThatTheModelLinksTo_isRead() throws IOException {
    Path blobs = elsewhere.resolve("blobs");
    store(blobs.resolve("5678"));
    adding(outside("w.bin", 2)).write(blobs.resolve("1234"));
    Path snapshot = Files.createDirectory(elsewhere.resolve("snapshot"));
    Path model = Files.createSymbolicLink(snapshot.resolve("m.onnx"), Path.of("../blobs/1234"));
    Path data = Files.createSymbolicLink(snapshot.resolve("w.bin"), Path.of("../blobs/5678"));
    assertThat(ModelReader.read(model).weights().get("w").toArray()).containsExactly(9, 2);
    // A model that is no link itself opens nothing elsewhere.
    adding(outside("w.bin", 2)).write(snapshot.resolve("plain.onnx"));
    assertThatThrownBy(() -> ModelReader.read(snapshot.resolve("plain.onnx")))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("links outside");
    store(folder.resolve("third.bin"));
    Files.delete(data);
    Files.createSymbolicLink(data, folder.resolve("third.bin").toAbsolutePath());
    assertThatThrownBy(() -> ModelReader.read(model))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("links outside");
  }

  @Test
  void tensorsOverTheSameBytes_shareThem() throws IOException {
    store(folder.resolve("w.bin"));
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.stored(outside("w.bin", 2).setName("a"));
    file.stored(outside("w.bin", 2).addDims(1).setName("b"));
    file.stored(outside("w.bin", 2).setName("c").addExternalData(entry("offset", "4")));
    file.named("p", "Add", "x", "a");
    file.named("q", "MatMul", "p", "b");
    file.node("Add", "q", "c");
    Weights weights = read(file.output()).model().weights();
    Buffer memory = weights.get("a").sealed().buffer();
    assertThat(weights.get("b").sealed().buffer()).isEqualTo(memory);
    assertThat(weights.get("b").shape()).isEqualTo(Shape.of(2, 1));
    assertThat(weights.get("c").toArray()).containsExactly(2, 3);
  }

  @Test
  void tensorsThatClaimMoreThanThereIs_areRefused() {
    for (long[] dims : new long[][] {{1L << 40}, {-1}, {1 << 20, 1 << 20}, {3}}) {
      OnnxFile file = new OnnxFile(13).input("x", -1, 2);
      TensorProto.Builder tensor =
          TensorProto.newBuilder()
              .setName("w")
              .setDataType(TensorProto.DataType.FLOAT.getNumber())
              .addFloatData(1);
      for (long dim : dims) {
        tensor.addDims(dim);
      }
      file.stored(tensor);
      file.node("Add", "x", "w");
      refused(file.output(), "tensor w");
    }
  }
}
