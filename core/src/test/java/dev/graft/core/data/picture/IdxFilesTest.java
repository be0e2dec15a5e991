package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFilesTest {

  private static final String PICTURES = "train-images-idx3-ubyte";
  private static final String LABELS = "train-labels-idx1-ubyte";

  @TempDir private Path root;

  private static byte[] pictures(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(16 + count * 6);
    bytes.putInt(2051).putInt(count).putInt(2).putInt(3);
    for (int i = 0; i < count * 6; i++) {
      bytes.put((byte) i);
    }
    return bytes.array();
  }

  private static byte[] labels(int... labels) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + labels.length);
    bytes.putInt(2049).putInt(labels.length);
    for (int label : labels) {
      bytes.put((byte) label);
    }
    return bytes.array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private Split<Pictures> open(byte[] pictures, byte[] labels) throws IOException {
    Files.write(root.resolve(PICTURES), pictures);
    Files.write(root.resolve(LABELS), labels);
    return DataFolders.open(root, 0.5, 1);
  }

  private void assertRefused(byte[] pictures, byte[] labels, String message) {
    assertThatThrownBy(() -> open(pictures, labels))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(root.toString())
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  @Test
  void plainAndZipped_areTheSame() throws IOException {
    Files.write(root.resolve("p"), pictures(4));
    Files.write(root.resolve("p.gz"), gzip(pictures(4)));
    Files.write(root.resolve("l"), labels(0, 2, 1, 0));
    // Told by the content, not by the name.
    Files.write(root.resolve("zipped"), gzip(labels(0, 2, 1, 0)));

    IdxFiles plain = IdxFiles.of(root.resolve("p"), root.resolve("l"));
    IdxFiles zipped = IdxFiles.of(root.resolve("p.gz"), root.resolve("zipped"));

    assertThat(plain.classes()).containsExactly("0", "1", "2").isEqualTo(zipped.classes());
    for (int i = 0; i < 4; i++) {
      assertThat(plain.label(i)).isEqualTo(zipped.label(i));
      byte[] plane = Raster8.of(plain.read(i)).planes()[0];
      byte first = (byte) (6 * i);
      assertThat(plane)
          .isEqualTo(Raster8.of(zipped.read(i)).planes()[0])
          .startsWith(first, (byte) (first + 1))
          .hasSize(6);
    }
    assertThat(plain.name(2)).isEqualTo("p[2]");
    assertThat(plain.read(0).getWidth()).isEqualTo(3);
  }

  @Test
  void t10k_isTheTest_withTheTrainingClasses() throws IOException {
    Files.write(root.resolve("t10k-images.idx3-ubyte.gz"), gzip(pictures(2)));
    Files.write(root.resolve("t10k-labels-idx1-ubyte"), labels(1, 1));
    Split<Pictures> split = open(pictures(4), labels(0, 2, 2, 0));
    assertThat(split.training().size()).isEqualTo(2);
    assertThat(split.validation().size()).isEqualTo(2);
    assertThat(split.test().size()).isEqualTo(2);
    assertThat(split.test().classes()).containsExactly("0", "1", "2");
  }

  @Test
  void withoutT10k_aShareIsHeldOut() throws IOException {
    assertThat(open(pictures(4), labels(0, 1, 1, 0)).validation().size()).isEqualTo(2);
  }

  @Test
  void wrongMagic_isAnError() {
    assertRefused(
        labels(1, 2), labels(1, 2), "expected an IDX file with magic number 2051, found 2049");
    assertRefused(
        pictures(2),
        "hello world".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
        "magic number 2049");
  }

  @Test
  void truncatedFiles_areAnError() throws IOException {
    byte[] whole = pictures(4);
    assertRefused(
        Arrays.copyOf(whole, 30),
        labels(0, 1, 0, 1),
        "truncated: expected 24 bytes of data, found 14");
    assertRefused(Arrays.copyOf(whole, 9), labels(0, 1, 0, 1), "truncated");
    assertRefused(new byte[0], labels(0, 1, 0, 1), "truncated");
    byte[] zipped = gzip(whole);
    assertRefused(Arrays.copyOf(zipped, zipped.length - 12), labels(0, 1, 0, 1), "truncated");
    zipped[15] ^= 0x55;
    assertRefused(zipped, labels(0, 1, 0, 1), PICTURES);
  }

  @Test
  void moreDataThanStated_isAnError() {
    assertRefused(
        Arrays.copyOf(pictures(4), 99), labels(0, 1, 0, 1), "more data than the 24 bytes");
  }

  @Test
  void differentCounts_areAnError() {
    assertRefused(
        pictures(4),
        labels(0, 1, 0),
        "expected 4 labels, one for each picture of " + PICTURES + ", found 3");
  }

  @Test
  void labelOutOfRange_isAnError() throws IOException {
    Files.write(root.resolve("t10k-images-idx3-ubyte"), pictures(2));
    Files.write(root.resolve("t10k-labels-idx1-ubyte"), labels(1, 9));
    assertRefused(
        pictures(4),
        labels(0, 2, 1, 0),
        "label 9 of picture 1 is out of range; the training labels end at 2");
  }

  @Test
  void oneClass_isAnError() {
    assertRefused(pictures(2), labels(0, 0), "only one class");
  }

  @Test
  void missingLabels_areAnError() throws IOException {
    Files.write(root.resolve(PICTURES), pictures(2));
    assertThatThrownBy(() -> DataFolders.open(root, 0.5, 1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no labels; expected " + LABELS);
  }

  @Test
  void hostileSizes_areRefusedBeforeAllocation() throws IOException {
    int[][] sizes = {
      {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE},
      {1 << 28, 1 << 28, 1 << 28},
      {-1, 28, 28},
      {0, 28, 28}
    };
    for (int[] size : sizes) {
      ByteBuffer header = ByteBuffer.allocate(16).putInt(2051);
      Arrays.stream(size).forEach(header::putInt);
      assertRefused(header.array(), labels(0, 1), "states");
      // However little is in the file, and however much a zip would unfold to.
      assertRefused(gzip(header.array()), labels(0, 1), "states");
    }
    ByteBuffer large = ByteBuffer.allocate(16).putInt(2051).putInt(1 << 20).putInt(28).putInt(28);
    assertRefused(large.array(), labels(0, 1), "truncated");
  }
}
