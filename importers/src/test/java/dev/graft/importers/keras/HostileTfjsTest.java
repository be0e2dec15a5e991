package dev.graft.importers.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.importers.Bounded;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A {@code model.json} names other files: none but its own weights is opened. */
@Timeout(120)
class HostileTfjsTest {

  private static final String MODEL =
      """
      {"modelTopology": {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Dense", "config": {"units": 2, "name": "d", "batch_input_shape": [null, 3]}}]},
        "keras_version": "tfjs-layers 1.3.1", "backend": "tensor_flow.js"},
       "format": "layers-model", "weightsManifest": [{"paths": ["w.bin"], "weights": [
        {"name": "d/kernel", "shape": [3, 2], "dtype": "float32"},
        {"name": "d/bias", "shape": [2], "dtype": "float32"}]}]}
      """;

  private static final long SEED = 20261130;

  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void writeWeights() throws IOException {
    file = folder.resolve("in").resolve("model.json");
    Files.createDirectories(file.getParent());
    Files.write(file.resolveSibling("w.bin"), new byte[32]);
    Files.write(folder.resolve("secret.bin"), new byte[32]);
  }

  private void refused(String json, String part) throws IOException {
    Files.writeString(file, json);
    assertThatThrownBy(() -> ModelReader.read(file))
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(part);
    Bounded.run(json, file.toString(), () -> ModelReader.read(file));
  }

  private static String with(String from, String to) {
    assertThat(MODEL).contains(from);
    return MODEL.replace(from, to);
  }

  @Test
  void theModelItself_isRead() throws IOException {
    Files.writeString(file, "\n \t" + MODEL);
    assertThat(ModelReader.read(file).weights().names()).containsExactly("d/kernel", "d/bias");
    assertThatThrownBy(() -> ModelReader.read(new ByteArrayInputStream(MODEL.getBytes())))
        .isInstanceOf(ImportException.class)
        .hasMessage("stream: its data is in the file w.bin; read the model from a path");
  }

  @Test
  void pathsThatLeaveTheFolder_areRefused() throws IOException {
    for (String path : new String[] {"../secret.bin", "/etc/passwd", "x/../../secret.bin"}) {
      refused(with("w.bin", path), "lies outside the model's folder; refused");
    }
    Files.createSymbolicLink(file.resolveSibling("link.bin"), folder.resolve("secret.bin"));
    refused(with("w.bin", "link.bin"), "links outside the model's folder; refused");
    Files.createSymbolicLink(file.resolveSibling("up"), folder);
    refused(with("w.bin", "up/secret.bin"), "links outside the model's folder; refused");
    refused(with("w.bin", "absent.bin"), "absent.bin is missing; put it beside the model");
    refused(with("w.bin", "a\\u0000b"), "has no usable name");
    refused(with("\"w.bin\"", "3"), "3 is missing");
  }

  @Test
  void lengthsThatDoNotAgree_areRefused() throws IOException {
    refused(with("[3, 2]", "[3, 3]"), "take 44 bytes, the files of them (w.bin) hold 32");
    refused(with("[3, 2]", "[3, 1]"), "take 20 bytes, the files of them (w.bin) hold 32");
    refused(with("[3, 2]", "[2, 3]"), "the file holds kernel [2,3], its config wants [3,2]");
    refused(with("[3, 2]", "[65536, 65536, 65536]"), "the weight d/kernel");
    refused(with("[3, 2]", "[-3, -2]"), "the weight d/kernel has the impossible shape");
    refused(with("[3, 2]", "{\"a\": 3}"), "the weight d/kernel has no shape, but {");
    refused(with("[3, 2]", "[2147483647]"), "bytes, the files of them");
    refused(with("\"w.bin\"", "\"w.bin\", \"w.bin\""), "names the file w.bin of weights twice");
    refused(with("\"w.bin\"", "\"w.bin\", \"./w.bin\""), "weights twice");
    Files.write(file.resolveSibling("w.bin"), new byte[31]);
    refused(MODEL, "hold 31; copy all of them again");
    refused(with("{\"paths\": [\"w.bin\"]", "{\"paths\": []"), "hold 0");
  }

  @Test
  void weightsThatFitNoLayer_areToldTogether() throws IOException {
    refused(with("d/kernel", "e/kernel"), "the file holds e/kernel, which belongs to no layer");
    refused(with("d/kernel", "e/kernel"), "d (Dense): its config wants 2 weights (kernel, bias)");
    refused(with("d/kernel", "d/bias"), "the weight d/bias is named twice");
    refused(with("d/kernel", "d/" + "x".repeat(2000)), "a weight has a name of 2002 letters");
    refused(with("\"dtype\": \"float32\"", "\"dtype\": \"string\""), "is of the type string");
    refused(
        with("\"shape\": [3, 2]", "\"quantization\": {\"dtype\": \"uint8\"}, \"shape\": [3, 2]"),
        "is quantised without scale and min");
    refused(
        with("\"shape\": [3, 2]", "\"quantization\": {\"dtype\": \"int4\"}, \"shape\": [3, 2]"),
        "is quantised to int4");
  }

  @Test
  void otherJson_isCalledByItsName() throws IOException {
    refused("{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000), "is no valid JSON");
    refused("{\"a\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}", "is no valid JSON");
    refused("{", "is no valid JSON");
    refused("{}", "is a JSON file, but no model");
    refused("{\"weight_map\": {}}", "without its architecture");
    refused("{\"class_name\": \"Sequential\", \"config\": []}", "without its weights");
    refused(with("layers-model", "graph-model"), "tf2onnx.convert --tfjs model.json");
    refused("{\"modelTopology\": {\"node\": []}}", "tf2onnx.convert --tfjs model.json");
    refused("{\"modelTopology\": {}}", "class_name");
  }

  @Test
  void damagedFiles_areReadOrRefused() throws IOException {
    Random random = new Random(SEED);
    byte[] whole = MODEL.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 500; i++) {
      byte[] changed = whole.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        changed[random.nextInt(changed.length)] = (byte) (32 + random.nextInt(95));
      }
      changed[0] = '{';
      Files.write(file, changed);
      Bounded.run(
          "seed " + SEED + ", mutation " + i, file.toString(), () -> ModelReader.read(file));
    }
  }

  @Test
  void otherFormatsOfTensorFlow_areRefusedWithWhatHelps() throws IOException {
    Path saved = Files.createDirectories(folder.resolve("saved"));
    byte[] start = {8, 1, 18, (byte) 0x84, 3, 10, 4};
    Files.write(saved.resolve("saved_model.pb"), start);
    assertThatThrownBy(() -> ModelReader.read(saved))
        .hasMessage(
            saved
                + ": is a TensorFlow SavedModel, which holds operations instead of layers; convert"
                + " it to ONNX: python -m tf2onnx.convert --saved-model "
                + saved
                + " --output model.onnx");
    assertThatThrownBy(() -> ModelReader.read(saved.resolve("saved_model.pb")))
        .hasMessageContaining("tf2onnx.convert --saved-model FOLDER");
    Path lite = Files.write(folder.resolve("m"), "\u001c\0\0\0TFL3 ".getBytes());
    assertThatThrownBy(() -> ModelReader.read(lite))
        .hasMessageContaining("tf2onnx.convert --tflite FILE --output model.onnx");
    assertThatThrownBy(() -> ModelReader.read(file.getParent()))
        .hasMessageContaining("is a folder; give a model file");
    Files.writeString(file, MODEL);
    assertThatThrownBy(() -> ModelReader.read(file.getParent()))
        .hasMessageContaining("give the model.json in it");
    Path zip = folder.resolve("converted_keras.zip");
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream archive = new ZipOutputStream(out)) {
      for (String name : new String[] {"model.json", "metadata.json", "weights.bin"}) {
        archive.putNextEntry(new ZipEntry(name));
        archive.closeEntry();
      }
    }
    assertThatThrownBy(() -> ModelReader.read(zip))
        .hasMessageContaining("unpack it and give its model.json");
  }
}
