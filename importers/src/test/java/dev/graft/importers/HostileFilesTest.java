package dev.graft.importers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.numpy.Npy;
import dev.graft.importers.safetensors.SafetensorsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, reading it ends in a model or in one clear line. */
class HostileFilesTest {

  private static final long SEED = 20260101;

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("hostile");
  }

  private static Model small() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.relu(g.conv("conv", g.input("x", Shape.of(2, 5, 5)), 3, Window.square(3, 1, 1)));
    x = g.flatten(g.globalAveragePool(g.batchNorm("norm", x)));
    Model model = g.build(g.softmax(g.linear("fc", g.dropout(x, 0.5), 2)));
    Preprocessing unit = Preprocessing.named("unit", 1, 5, 5);
    return model.with(model.metadata().withLabels(List.of("no", "yes")).withPreprocessing(unit));
  }

  /** Reads what was written to the file; anything but success or an ImportException fails. */
  private void read(Consumer<Path> reader, String what) {
    try {
      reader.accept(file);
    } catch (ImportException e) {
      assertThat(e.getMessage()).as(what).doesNotContain("\n").startsWith(file.toString());
    } catch (Throwable e) {
      throw new AssertionError(what + " led to " + e, e);
    }
  }

  private void mutate(byte[] whole, Consumer<Path> reader) throws IOException {
    for (int length = 0; length < whole.length; length += 1 + whole.length / 200) {
      Files.write(file, Arrays.copyOf(whole, length));
      read(reader, "a file cut off at " + length);
    }
    Random random = new Random(SEED);
    for (int round = 0; round < 2000; round++) {
      byte[] changed = whole.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        // The head of a file decides more than its weights do.
        int reach = random.nextBoolean() ? Math.min(whole.length, 400) : whole.length;
        changed[random.nextInt(reach)] = (byte) random.nextInt(256);
      }
      Files.write(file, changed);
      read(reader, "round " + round + " of seed " + SEED);
    }
  }

  @Test
  void damagedOnnx_isAModelOrOneLine() throws IOException {
    Path good = folder.resolve("good.onnx");
    ModelWriter.write(small(), good);
    mutate(Files.readAllBytes(good), ModelReader::read);
  }

  @Test
  void damagedSafetensors_areWeightsOrOneLine() throws IOException {
    Path good = folder.resolve("good.safetensors");
    ModelWriter.write(small(), good);
    mutate(Files.readAllBytes(good), SafetensorsReader::read);
  }

  @Test
  void damagedNpy_isAnArrayOrOneLine() throws IOException {
    Path good = folder.resolve("good.npy");
    Npy.write(Tensor.zeros(Shape.of(3, 4)), good);
    mutate(Files.readAllBytes(good), Npy::read);
  }

  @Test
  void noise_isOneLine() throws IOException {
    Random random = new Random(SEED);
    for (int round = 0; round < 50; round++) {
      byte[] noise = new byte[1 << random.nextInt(16)];
      random.nextBytes(noise);
      Files.write(file, noise);
      assertThatThrownBy(() -> ModelReader.read(file)).isInstanceOf(ImportException.class);
    }
  }

  @Test
  void otherFormats_areCalledByTheirNames() throws IOException {
    byte[] filler = new byte[64];
    refused("is empty");
    refused("text file", "a line of text, longer than a head".getBytes());
    refused("HDF5", join(new byte[] {(byte) 0x89, 'H', 'D', 'F'}, filler));
    refused("zip", join(new byte[] {'P', 'K', 3, 4}, filler));
    refused("pickle", join(new byte[] {(byte) 0x80, 2}, filler));
    Path weights = folder.resolve("w.safetensors");
    ModelWriter.write(small(), weights);
    refused("safetensors", Files.readAllBytes(weights));
  }

  private static byte[] join(byte[] head, byte[] rest) {
    byte[] all = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, all, head.length, rest.length);
    return all;
  }

  private void refused(String what, byte... contents) throws IOException {
    Files.write(file, contents);
    assertThatThrownBy(() -> ModelReader.read(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(what);
  }
}
