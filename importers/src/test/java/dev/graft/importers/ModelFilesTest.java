package dev.graft.importers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.safetensors.SafetensorsReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The content tells what a file is on reading, the name what it becomes on writing. */
class ModelFilesTest {

  @TempDir private Path folder;

  private static Model model() {
    GraphBuilder g = new GraphBuilder(1);
    return g.build(g.linear("fc", g.input("x", Shape.of(3)), 2));
  }

  @Test
  void theNameChoosesWhatIsWritten_andNotWhatIsRead() throws IOException {
    Path onnx = folder.resolve("M.ONNX");
    ModelWriter.write(model(), onnx);
    Path renamed = Files.move(onnx, folder.resolve("model.bin"));
    assertThat(ModelReader.read(renamed).graph().nodes()).isEqualTo(model().graph().nodes());
    Path weights = folder.resolve("m.safetensors");
    ModelWriter.write(model(), weights);
    assertThat(SafetensorsReader.read(weights).weights().names())
        .isEqualTo(model().weights().names());
    for (String other : new String[] {"m.h5", "m", "/"}) {
      assertThatThrownBy(() -> ModelWriter.write(model(), Path.of(other)))
          .isInstanceOf(ExportException.class)
          .hasMessageContaining(".onnx or .safetensors");
    }
  }

  @Test
  void aStream_isReadLikeAFile() throws IOException {
    Path file = folder.resolve("m.onnx");
    ModelWriter.write(model(), file);
    byte[] bytes = Files.readAllBytes(file);
    Model read = ModelReader.read(new ByteArrayInputStream(bytes));
    assertThat(read.weights().names()).isEqualTo(model().weights().names());
    assertThatThrownBy(() -> ModelReader.read(new BrokenStream()))
        .isInstanceOf(ImportException.class)
        .hasMessage("stream: cannot be read: the line is dead");
  }

  private static final class BrokenStream extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("the line is dead");
    }
  }

  private void refused(String part, byte... contents) throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), Arrays.copyOf(contents, 80));
    assertThatThrownBy(() -> ModelReader.read(file))
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(part);
  }

  @Test
  void foreignFiles_areCalledByTheirName() throws IOException {
    refused("HDF5 file is truncated", (byte) 0x89, (byte) 'H', (byte) 'D', (byte) 'F');
    refused("is a zip archive", (byte) 'P', (byte) 'K', (byte) 3, (byte) 4);
    refused("is a Python pickle", (byte) 0x80, (byte) 2);
    refused("is compressed with gzip", (byte) 0x1F, (byte) 0x8B);
    refused(
        "is a NumPy array",
        (byte) 0x93,
        (byte) 'N',
        (byte) 'U',
        (byte) 'M',
        (byte) 'P',
        (byte) 'Y');
    refused("is a TensorFlow Lite model", "\u0020\0\0\0TFL3".getBytes(StandardCharsets.US_ASCII));
    refused("is a safetensors file", "@\0\0\0\0\0\0\0{".getBytes(StandardCharsets.US_ASCII));
    refused("is no ONNX model", (byte) 0xFF, (byte) 0xFF);
    Path text =
        Files.writeString(folder.resolve("t.onnx"), "version https://git-lfs.github.com/spec/v1");
    assertThatThrownBy(() -> ModelReader.read(text)).hasMessageContaining("pointer of Git LFS");
    Files.writeString(text, "<html>not found</html>");
    assertThatThrownBy(() -> ModelReader.read(text)).hasMessageContaining("is a text file");
    Files.write(text, new byte[0]);
    assertThatThrownBy(() -> ModelReader.read(text)).hasMessageContaining("is empty");
    assertThatThrownBy(() -> ModelReader.read(folder)).hasMessageContaining("is a folder");
    assertThatThrownBy(() -> ModelReader.read(folder.resolve("no")))
        .hasMessageContaining("there is no such file");
  }
}
