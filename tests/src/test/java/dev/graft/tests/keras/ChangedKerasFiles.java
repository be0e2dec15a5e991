package dev.graft.tests.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Small models of every kind of file, changed at random: archives in their config, in their weights
 * or in their bytes; HDF5 in its bytes; {@code model.json} in its parts or its weights' bytes.
 */
final class ChangedKerasFiles {

  private static final Path GOLDEN = Path.of("tests/src/test/resources/golden");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final List<String> ARCHIVES =
      List.of(
          "forms",
          "frozen",
          "lstm",
          "attention",
          "operations",
          "convlstm",
          "merge",
          "states",
          "volume",
          "transposed",
          "pooling2d",
          "distributed",
          "embedding",
          "normalization",
          "shape");

  private static final List<String> HDF5 = List.of("forms", "frozen", "operations", "attention");
  private static final List<String> TFJS = List.of("teachable", "sequence", "pictures", "uint8");

  private final Path folder;
  private final long seed;

  /**
   * @param folder where the files are written, one over the other
   */
  ChangedKerasFiles(Path folder, long seed) {
    this.folder = folder;
    this.seed = seed;
  }

  /** File {@code number}, the same for the same seed. */
  Path file(long number) throws IOException {
    Random random = new Random(seed * 1_000_003 + number);
    return switch ((int) (number % 3)) {
      case 0 -> archive(random);
      case 1 -> hdf5(random);
      default -> tfjs(random);
    };
  }

  private static String one(List<String> names, Random random) {
    return names.get(random.nextInt(names.size()));
  }

  private Path archive(Random random) throws IOException {
    byte[] whole = Files.readAllBytes(GOLDEN.resolve("keras/" + one(ARCHIVES, random) + ".keras"));
    int kind = random.nextInt(8);
    if (kind == 0) {
      return Files.write(folder.resolve("x.keras"), damaged(whole, random));
    }
    Map<String, byte[]> members = members(whole);
    String name = kind < 3 ? "model.weights.h5" : "config.json";
    members.computeIfPresent(
        name, (k, old) -> kind < 3 ? damaged(old, random) : changed(old, random));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        zip.putNextEntry(new ZipEntry(member.getKey()));
        zip.write(member.getValue());
      }
    }
    return Files.write(folder.resolve("x.keras"), bytes.toByteArray());
  }

  private static Map<String, byte[]> members(byte[] archive) throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        members.put(entry.getName(), zip.readAllBytes());
      }
    }
    return members;
  }

  private Path hdf5(Random random) throws IOException {
    byte[] whole = Files.readAllBytes(GOLDEN.resolve("keras/" + one(HDF5, random) + ".h5"));
    return Files.write(folder.resolve("x.h5"), damaged(whole, random));
  }

  private Path tfjs(Random random) throws IOException {
    Path from = GOLDEN.resolve("tfjs/" + one(TFJS, random));
    try (var files = Files.list(from)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".bin")).toList()) {
        byte[] weights = Files.readAllBytes(file);
        boolean cut = random.nextInt(20) == 0;
        Files.write(
            folder.resolve(file.getFileName().toString()),
            cut ? java.util.Arrays.copyOf(weights, random.nextInt(weights.length)) : weights);
      }
    }
    byte[] json = Files.readAllBytes(from.resolve("model.json"));
    boolean structure = random.nextInt(4) > 0;
    return Files.write(
        folder.resolve("model.json"), structure ? changed(json, random) : damaged(json, random));
  }

  private static byte[] changed(byte[] json, Random random) {
    try {
      JsonNode root = MAPPER.readTree(json);
      ChangedJson.change(root, random);
      return root.toString().getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Up to four bytes, most of them at the beginning, where a file's structure lies. */
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
}
