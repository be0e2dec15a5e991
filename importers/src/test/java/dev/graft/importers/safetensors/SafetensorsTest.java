package dev.graft.importers.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.CheckpointStore.Checkpoint;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {

  @TempDir private Path folder;

  private static Weights weights() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("z.weight", Tensor.of(Shape.of(2, 2), 1, Float.NaN, -0f, 4));
    tensors.put("a \"quoted\"", Tensor.of(Shape.SCALAR, 5));
    tensors.put("empty", Tensor.zeros(Shape.of(0, 3)));
    return Weights.of(tensors);
  }

  @Test
  void weightsAndNotes_comeBack_bitForBit() throws IOException {
    Path file = folder.resolve("w.safetensors");
    SafetensorsWriter.write(weights(), Map.of("epoch", "3"), file);
    SafetensorsReader.Contents read = SafetensorsReader.read(file);
    assertThat(read.notes()).containsExactly(Map.entry("epoch", "3"));
    assertThat(read.weights().names()).containsExactlyElementsOf(weights().names());
    for (String name : weights().names()) {
      assertThat(read.weights().get(name).shape()).isEqualTo(weights().get(name).shape());
      assertThat(read.weights().get(name).toArray()).isEqualTo(weights().get(name).toArray());
    }
    byte[] first = Files.readAllBytes(file);
    assertThat(ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
    SafetensorsWriter.write(weights(), Map.of("epoch", "3"), file);
    assertThat(file).hasBinaryContent(first);
  }

  private Path file(String header, int... data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    for (int b : data) {
      bytes.put((byte) b);
    }
    return Files.write(folder.resolve("h.safetensors"), bytes.array());
  }

  private static String entry(String name, String type, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, type, shape, offsets);
  }

  private void reads(String type, float expected, int... data) throws IOException {
    Path file = file("{" + entry("t", type, "[1]", "[0," + data.length + "]") + "}", data);
    assertThat(SafetensorsReader.read(file).weights().get("t").toArray()).containsExactly(expected);
  }

  @Test
  void allTypes_becomeFloat32() throws IOException {
    reads("F16", 1.5f, 0x00, 0x3E);
    reads("BF16", 1.5f, 0xC0, 0x3F);
    reads("F64", 1.5f, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F);
    reads("I64", -2, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
    reads("I32", 258, 2, 1, 0, 0);
    reads("U16", 65535, 0xFF, 0xFF);
    reads("I8", -1, 0xFF);
    reads("U8", 255, 0xFF);
    reads("BOOL", 1, 1);
  }

  private void refused(Path file, String part) {
    assertThatThrownBy(() -> SafetensorsReader.read(file))
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(part);
  }

  @Test
  void headersThatDoNotFit_areRefused() throws IOException {
    refused(folder.resolve("none"), "there is no such file");
    refused(Files.write(folder.resolve("e"), new byte[3]), "truncated");
    refused(Files.write(folder.resolve("l"), new byte[] {0, 0, 0, 0, 0, 0, 0, 127}), "truncated");
    refused(file("[]"), "is no safetensors file");
    refused(file("{\"a\":"), "is no safetensors file");
    refused(file("[".repeat(5000)), "is no safetensors file");
    refused(file("{" + entry("t", "F99", "[1]", "[0,4]") + "}", 0, 0, 0, 0), "unknown type 'F99'");
    for (String offsets :
        new String[] {
          "[0,8]",
          "[-4,0]",
          "[0]",
          "[0,4,8]",
          "\"no\"",
          "[0.5,4.5]",
          "[4,8]",
          "[9223372036854775803,9223372036854775807]",
          "[0,99999999999999999999]"
        }) {
      refused(
          file("{" + entry("t", "F32", "[1]", offsets) + "}", 0, 0, 0, 0), "tensor t: its place");
    }
    for (String shape : new String[] {"[-1]", "[65536,65536]", "[1.5]", "{}", "[99999999999]"}) {
      refused(file("{" + entry("t", "F32", shape, "[0,4]") + "}", 0, 0, 0, 0), "tensor t: ");
    }
    String one = entry("a", "F32", "[1]", "[0,4]");
    refused(file("{" + one + "," + one + "}", 0, 0, 0, 0), "Duplicate field 'a'");
    refused(
        file("{" + one + "," + entry("b", "F16", "[1]", "[2,4]") + "}", 0, 0, 0, 0),
        "tensor b: shares its bytes");
  }

  @Test
  void flippedBytes_areOneLineOrWeights() throws IOException {
    Path file = folder.resolve("f.safetensors");
    SafetensorsWriter.write(weights(), Map.of("epoch", "3"), file);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(11);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged =
          Arrays.copyOf(whole, i % 4 == 0 ? random.nextInt(whole.length) : whole.length);
      for (int flip = 0; flip < 2 && damaged.length > 0; flip++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        assertThat(SafetensorsReader.read(file).weights()).isNotNull();
      } catch (ImportException e) {
        assertThat(e.getMessage()).startsWith(file + ": ").doesNotContain("\n");
      }
    }
  }

  @Test
  void checkpoints_areOneFileEach() {
    SafetensorsCheckpointStore store = new SafetensorsCheckpointStore(folder.resolve("run"));
    assertThat(store.load("best")).isEmpty();
    store.save("best", new Checkpoint(weights(), Map.of("epoch", "1")));
    store.save("best", new Checkpoint(weights(), Map.of("epoch", "2")));
    assertThat(folder.resolve("run")).isDirectoryContaining("glob:**/best.safetensors");
    Checkpoint read = store.load("best").orElseThrow();
    assertThat(read.notes()).containsEntry("epoch", "2");
    assertThat(read.weights().names()).isEqualTo(weights().names());
    assertThatThrownBy(() -> store.load("../best")).isInstanceOf(IllegalArgumentException.class);
  }
}
