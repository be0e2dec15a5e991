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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file holds, reading it soon ends in a model or in one clear line, on a small heap. */
@Timeout(60)
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

  private static byte[] smallFile(Path good) throws IOException {
    ModelWriter.write(small(), good);
    return Files.readAllBytes(good);
  }

  /** Reads what was written to the file; anything but success or one line fails. */
  private void read(Consumer<Path> reader, String what) {
    Bounded.run(what, file.toString(), () -> reader.accept(file));
  }

  private void truncate(byte[] whole, int stride, Consumer<Path> reader) throws IOException {
    for (int length = 0; length < whole.length; length += stride) {
      Files.write(file, Arrays.copyOf(whole, length));
      read(reader, "a file cut off at " + length);
    }
  }

  /** Up to three bytes changed, put in or taken out. */
  private static byte[] damaged(byte[] whole, Random random) {
    byte[] changed = whole;
    for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
      // The head of a file decides more than its weights do.
      int reach = random.nextBoolean() ? Math.min(changed.length, 400) : changed.length;
      int at = random.nextInt(reach);
      int how = random.nextInt(4);
      int gone = how == 0 ? Math.min(1 + random.nextInt(4), changed.length - at) : 0;
      int put = how == 1 ? 1 + random.nextInt(4) : 0;
      byte[] next = new byte[changed.length - gone + put];
      System.arraycopy(changed, 0, next, 0, at);
      System.arraycopy(changed, at + gone, next, at + put, changed.length - at - gone);
      if (at < next.length) {
        next[at] = (byte) random.nextInt(256);
      }
      changed = next;
    }
    return changed;
  }

  private void damage(byte[] whole, int rounds, Consumer<Path> reader) throws IOException {
    Random random = new Random(SEED);
    for (int round = 0; round < rounds; round++) {
      Files.write(file, damaged(whole, random));
      read(reader, "round " + round + " of seed " + SEED);
    }
  }

  @Test
  void truncatedOnnx_isRefusedInOneLine() throws IOException {
    byte[] whole = smallFile(folder.resolve("good.onnx"));
    truncate(whole, 1 + whole.length / 300, ModelReader::read);
  }

  @Test
  void damagedOnnx_isAModelOrOneLine() throws IOException {
    byte[] whole = smallFile(folder.resolve("good.onnx"));
    Random random = new Random(SEED);
    for (int round = 0; round < 3000; round++) {
      // From memory: three thousand files would take longer to write than to read.
      byte[] changed = damaged(whole, random);
      String what = "round " + round + " of seed " + SEED;
      Bounded.run(what, "", () -> ModelReader.read(new ByteArrayInputStream(changed)));
    }
  }

  @Test
  void damagedSafetensors_areWeightsOrOneLine() throws IOException {
    byte[] whole = smallFile(folder.resolve("good.safetensors"));
    truncate(whole, 1 + whole.length / 100, SafetensorsReader::read);
    damage(whole, 500, SafetensorsReader::read);
  }

  @Test
  void damagedNpy_isAnArrayOrOneLine() throws IOException {
    Path good = folder.resolve("good.npy");
    Npy.write(Tensor.zeros(Shape.of(3, 4)), good);
    truncate(Files.readAllBytes(good), 1, Npy::read);
    damage(Files.readAllBytes(good), 500, Npy::read);
  }

  @Test
  void damagedPreprocessing_isOneOrOneLine() {
    String json = PreprocessingJson.write(Preprocessing.named("caffe", 3, 224, 224));
    byte[] whole = json.getBytes(StandardCharsets.UTF_8);
    Random random = new Random(SEED);
    for (int round = 0; round < 3000; round++) {
      String changed = new String(damaged(whole, random), StandardCharsets.UTF_8);
      Bounded.run(
          "round " + round + " of seed " + SEED + ": " + changed,
          "preprocessing",
          () -> PreprocessingJson.read(changed));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "[]",
        "{}",
        "{\"height\": 1} {}",
        "{\"height\": 1, \"height\": 2}",
        "HEIGHT 224.5",
        "HEIGHT 0",
        "HEIGHT -1",
        "HEIGHT 4294967520",
        "HEIGHT 1e999",
        "HEIGHT \"224\"",
        "HEIGHT null",
        "HEIGHT [224]",
        "MEAN 1",
        "MEAN [1, 2]",
        "MEAN [1, 2, \"3\"]",
        "MEAN [1, 2, 1e999]",
        "MEAN {\"a\": 1, \"b\": 2, \"c\": 3}"
      })
  void impossiblePreprocessing_isRefused(String text) {
    String good = PreprocessingJson.write(Preprocessing.named("caffe", 3, 224, 224));
    String json =
        text.startsWith("HEIGHT ")
            ? good.replaceFirst("(?<=\"height\":)[^,]*", text.substring(7))
            : text.startsWith("MEAN ")
                ? good.replaceFirst("(?<=\"mean\":)\\[[^]]*]", text.substring(5))
                : text;
    assertThat(json).isNotEqualTo(good);
    assertThatThrownBy(() -> PreprocessingJson.read(json))
        .isInstanceOf(ImportException.class)
        .message()
        .startsWith("preprocessing")
        .doesNotContain("\n");
  }

  @Test
  void deeplyNestedFiles_doNotOverflowTheStack() throws IOException {
    // Groups within groups, and messages within messages: a graph that holds graphs.
    byte[] groups = new byte[1 << 20];
    Arrays.fill(groups, (byte) (100 << 3 | 3));
    Files.write(file, groups);
    refused(ModelReader::read);
    String brackets = "[".repeat(100_000);
    assertThatThrownBy(() -> PreprocessingJson.read(brackets)).isInstanceOf(ImportException.class);
    Files.write(file, safetensors(brackets, 0));
    refused(SafetensorsReader::read);
  }

  @Test
  void noise_isOneLine() throws IOException {
    Random random = new Random(SEED);
    for (int round = 0; round < 20; round++) {
      byte[] noise = new byte[round == 0 ? 1 << 20 : 1 << random.nextInt(16)];
      random.nextBytes(noise);
      Files.write(file, noise);
      refused(ModelReader::read);
      refused(SafetensorsReader::read);
      refused(Npy::read);
    }
  }

  private void refused(Consumer<Path> reader) {
    refused(reader, "");
  }

  /** Expects one line with {@code part} in it. */
  private void refused(Consumer<Path> reader, String part) {
    String what = "seed " + SEED;
    assertThatThrownBy(() -> Bounded.run(what, file.toString(), () -> reader.accept(file), true))
        .isInstanceOf(ImportException.class)
        .message()
        .contains(part);
  }

  @Test
  void otherFormats_areCalledByTheirNames() throws IOException {
    byte[] filler = new byte[64];
    foreign("is empty");
    foreign("text file", "a line of text, longer than a head".getBytes(StandardCharsets.UTF_8));
    foreign("HDF5", join(new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 26, '\n'}, filler));
    foreign("zip", join(new byte[] {'P', 'K', 3, 4}, filler));
    foreign("pickle", join(new byte[] {(byte) 0x80, 2}, filler));
    foreign("pickle", join(new byte[] {(byte) 0x80, 4}, filler));
    foreign("safetensors", smallFile(folder.resolve("w.safetensors")));
    Path array = folder.resolve("a.npy");
    Npy.write(Tensor.zeros(Shape.of(2)), array);
    foreign("NumPy", Files.readAllBytes(array));
    Path missing = folder.resolve("missing.onnx");
    for (Consumer<Path> reader :
        List.<Consumer<Path>>of(ModelReader::read, SafetensorsReader::read, Npy::read)) {
      assertThatThrownBy(() -> reader.accept(missing))
          .isInstanceOf(ImportException.class)
          .message()
          .startsWith(missing.toString())
          .contains("there is no such file");
      assertThatThrownBy(() -> reader.accept(folder))
          .isInstanceOf(ImportException.class)
          .message()
          .startsWith(folder.toString());
    }
  }

  private static byte[] join(byte[] head, byte[] rest) {
    byte[] all = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, all, head.length, rest.length);
    return all;
  }

  private void foreign(String what, byte... contents) throws IOException {
    Files.write(file, contents);
    refused(ModelReader::read, what);
  }

  private static byte[] safetensors(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1099511627776] 0 8",
        "[-1] 0 8",
        "[2147483647,2147483647] 0 8",
        "[2.5] 0 8",
        "[3] 0 8",
        "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2] 0 8",
        "{\"a\":2} 0 8",
        "null 0 8",
        "[2] 4 12",
        "[2] 8 0",
        "[2] -8 0",
        "[2] 0.0 8.0",
        "[2] 9223372036854775792 9223372036854775800",
        "[2] 99999999999999999999 100000000000000000007",
        "[2] 0 \"8\""
      })
  void safetensorsThatDoNotFitTheirData_areRefusedByName(String entry) throws IOException {
    String[] words = entry.split(" ");
    String header =
        "{\"a\\nb\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%s,%s]}}"
            .formatted((Object[]) words);
    Files.write(file, safetensors(header, 8));
    refused(SafetensorsReader::read, "tensor a b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"w\":5}",
        "{\"w\":{}}",
        "{\"w\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":7}}",
        "{\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"e\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
      })
  void damagedSafetensorsEntries_areRefusedByName(String header) throws IOException {
    Files.write(file, safetensors(header, 8));
    refused(SafetensorsReader::read, "tensor w");
  }

  @Test
  void safetensorsHeadersOfAnyLength_areRefused() throws IOException {
    for (long length : new long[] {-1, 0, 1, 1 << 20, Long.MAX_VALUE, Long.MIN_VALUE}) {
      ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      Files.write(file, bytes.array());
      refused(SafetensorsReader::read);
    }
    Files.write(file, safetensors("{\"w\":1,\"w\":1}", 8));
    refused(SafetensorsReader::read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'<f4' (1099511627776,)",
        "'<f4' (-1,)",
        "'<f4' (65536, 65536)",
        "'<f4' (2147483647,)",
        "'<f4' (99999999999999999999,)",
        "'<f4' (3,)",
        "'<U4' (2,)",
        "'<c8' (1,)",
        "'<f16' (1,)",
        "'<f1' (2,)",
        "'|O' (2,)",
        "[('a','<f4')] (2,)",
        "'<f4' 2"
      })
  void npyThatDoesNotFitItsData_isRefused(String entry) throws IOException {
    String[] words = entry.split(" ", 2);
    String header =
        "{'descr': %s, 'fortran_order': False, 'shape': %s, }\n".formatted((Object[]) words);
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(10 + text.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.putShort((short) text.length).put(text);
    Files.write(file, bytes.array());
    refused(Npy::read);
  }

  @Test
  void filesBeyondTwoGigabytes_areRefusedBeforeTheyAreRead() throws IOException {
    // Sparse: the sizes agree, and nothing of it is on the disk.
    sparse(
        safetensors(
            "{\"w\":{\"dtype\":\"F32\",\"shape\":[600000000],\"data_offsets\":[0,2400000000]}}", 0),
        2_400_000_000L);
    refused(SafetensorsReader::read, "2 GiB");
    String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (300000000,), }\n";
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer start = ByteBuffer.allocate(10 + text.length).order(ByteOrder.LITTLE_ENDIAN);
    start.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    start.putShort((short) text.length).put(text);
    sparse(start.array(), 2_400_000_000L);
    refused(Npy::read, "2 GiB");
    sparse(new byte[] {8, 8}, 2_400_000_000L);
    refused(ModelReader::read, "2 GiB");
  }

  private void sparse(byte[] start, long more) throws IOException {
    Files.write(file, start);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(start.length + more);
    }
  }
}
