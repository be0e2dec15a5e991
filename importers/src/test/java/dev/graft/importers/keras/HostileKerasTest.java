package dev.graft.importers.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.importers.Bounded;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a Keras file holds, reading it soon ends in a model or in one clear line. */
@Timeout(120)
class HostileKerasTest {

  private static final Path GOLDEN = Path.of("../tests/src/test/resources/golden/keras");
  private static final long SEED = 20260102;
  private static final int MUTATIONS = 300;

  @TempDir private Path folder;

  private void read(Path file, String what) {
    Bounded.run(what, file.toString(), () -> ModelReader.read(file));
  }

  private void refused(Path file, String part) {
    assertThatThrownBy(() -> ModelReader.read(file))
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(part);
  }

  @ParameterizedTest
  @ValueSource(strings = {"forms.h5", "frozen.h5", "frozen.keras"})
  void damagedFiles_areReadOrRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(GOLDEN.resolve(name));
    Path file = folder.resolve(name);
    for (int length = 0; length < whole.length; length += whole.length / 40 + 1) {
      Files.write(file, Arrays.copyOf(whole, length));
      read(file, name + " cut off at " + length);
    }
    Random random = new Random(SEED);
    for (int i = 0; i < MUTATIONS; i++) {
      Files.write(file, damaged(whole, random));
      read(file, name + ", seed " + SEED + ", mutation " + i);
    }
  }

  /** Up to four bytes changed; the structure of a file lies at its beginning for the most part. */
  private static byte[] damaged(byte[] whole, Random random) {
    byte[] changed = whole.clone();
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      int reach = random.nextBoolean() ? Math.min(changed.length, 4096) : changed.length;
      int at = random.nextInt(reach);
      changed[at] =
          random.nextBoolean()
              ? (byte) (changed[at] ^ 1 << random.nextInt(8))
              : (byte) (random.nextBoolean() ? 0xFF : random.nextInt(256));
    }
    return changed;
  }

  private Path zip(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        out.putNextEntry(new ZipEntry(member.getKey()));
        out.write(member.getValue());
        out.closeEntry();
      }
    }
    return Files.write(folder.resolve("x.keras"), bytes.toByteArray());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void archives_areReadWithinTheirSize() throws IOException {
    Map<String, byte[]> members = new TreeMap<>();
    members.put("something", new byte[1]);
    refused(zip(members), "not of Keras");
    members.put("config.json", utf8("{}"));
    refused(zip(members), "without model.weights.h5");
    // A bomb: 200 MB of nothing in 200 kB.
    members.put("model.weights.h5", new byte[200 << 20]);
    Path bomb = zip(members);
    assertThat(Files.size(bomb)).isLessThan(1 << 20);
    refused(bomb, "larger than the archive's size allows");
    members.put("model.weights.h5", new byte[10]);
    refused(zip(members), "HDF5 file is truncated or damaged");
  }

  @Test
  void configsBeyondReason_areRefused() throws IOException {
    byte[] weights = member("model.weights.h5");
    for (String config :
        new String[] {
          "[".repeat(10_000),
          "{\"a\":".repeat(10_000) + "1" + "}".repeat(10_000),
          "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [{}]}}",
          "{\"class_name\": \"Sequential\", \"config\": {\"layers\": []}}",
          "{\"class_name\": \"Mine\", \"config\": {}}",
          "not JSON"
        }) {
      Path file = zip(Map.of("config.json", utf8(config), "model.weights.h5", weights));
      assertThatThrownBy(() -> ModelReader.read(file)).isInstanceOf(ImportException.class);
      read(file, config.substring(0, 5));
    }
  }

  private static byte[] member(String name) throws IOException {
    try (java.util.zip.ZipFile zip =
        new java.util.zip.ZipFile(GOLDEN.resolve("frozen.keras").toFile())) {
      return zip.getInputStream(zip.getEntry(name)).readAllBytes();
    }
  }

  private Path withConfig(String from, String to) throws IOException {
    String config = new String(member("config.json"), StandardCharsets.UTF_8);
    assertThat(config).contains(from);
    return zip(
        Map.of(
            "config.json",
            utf8(config.replace(from, to)),
            "model.weights.h5",
            member("model.weights.h5")));
  }

  @Test
  void weightsThatDoNotFit_areToldTogether() throws IOException {
    Path file = withConfig("\"units\": 4", "\"units\": 7");
    refused(file, "first (Dense): the file holds kernel [5,4], its config wants [5,7]");
    refused(file, "last (Dense): the file holds kernel [4,2], its config wants [7,2]");
    refused(file, "first (Dense): the file holds bias [4], its config wants [7]");
  }

  @Test
  void layersThatNobodyKnows_areNamed() throws IOException {
    refused(
        withConfig("\"class_name\": \"Dense\"", "\"class_name\": \"Mine\""),
        "Mine (layer first and 1 more)");
    refused(
        withConfig("\"class_name\": \"Dense\"", "\"class_name\": \"Lambda\""), "Python byte code");
  }

  @Test
  void weightsWithoutArchitecture_areRefusedWithWhatToDo() throws IOException {
    Path file = Files.write(folder.resolve("w.h5"), member("model.weights.h5"));
    refused(file, "without its architecture; load them in Keras");
  }
}
