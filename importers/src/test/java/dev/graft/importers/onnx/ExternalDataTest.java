package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.onnx.proto.StringStringEntryProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalDataTest {

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void writeData() throws IOException {
    folder = Files.createDirectories(temporary.resolve("model"));
    ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(9).putFloat(1.5f).putFloat(-2);
    Files.createDirectories(folder.resolve("part"));
    Files.write(folder.resolve("part/w.bin"), data.array());
    Files.write(temporary.resolve("secret.bin"), data.array());
  }

  private static byte[] file(String... entries) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(TensorProto.DataType.FLOAT_VALUE)
            .addDims(2)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    for (int i = 0; i < entries.length; i += 2) {
      tensor.addExternalData(
          StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
    }
    OnnxFile file = new OnnxFile(13).input("x", -1, 2).output("y").tensor(tensor);
    return file.node("Add", "x,w", "y").bytes();
  }

  private Path model(String... entries) throws IOException {
    return Files.write(folder.resolve("model.onnx"), file(entries));
  }

  private void refused(String part, String... entries) throws IOException {
    Path model = model(entries);
    assertThatThrownBy(() -> ModelReader.read(model))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("model.onnx: tensor w: ")
        .hasMessageContaining(part);
  }

  @Test
  void dataBesideTheModel_isRead() throws IOException {
    Path model = model("location", "part/w.bin", "offset", "4", "length", "8");
    assertThat(ModelReader.read(model).weights().get("w").toArray()).containsExactly(1.5f, -2);
  }

  @Test
  void missingData_isNamed() throws IOException {
    refused("none.bin is missing; put it beside the model", "location", "none.bin");
    refused("is missing", "length", "8");
    byte[] file = file("location", "part/w.bin");
    assertThatThrownBy(() -> ModelReader.read(new ByteArrayInputStream(file)))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("part/w.bin; read the model from a path");
  }

  @Test
  void dataOutsideTheFolder_isRefused() throws IOException {
    refused("outside the model's folder", "location", "../secret.bin");
    refused("outside the model's folder", "location", "part/../../secret.bin");
    refused("outside the model's folder", "location", temporary.resolve("secret.bin").toString());
    Files.createSymbolicLink(folder.resolve("link.bin"), temporary.resolve("secret.bin"));
    refused("links outside the model's folder", "location", "link.bin");
  }

  @Test
  void placesThatDoNotFit_areRefused() throws IOException {
    refused("has 12 bytes", "location", "part/w.bin", "offset", "8");
    refused("has 12 bytes", "location", "part/w.bin", "offset", "-4");
    refused("has 12 bytes", "location", "part/w.bin", "offset", Long.toString(Long.MAX_VALUE));
    refused("it claims 4", "location", "part/w.bin", "length", "4");
    refused("the number 'x'", "location", "part/w.bin", "offset", "x");
  }
}
