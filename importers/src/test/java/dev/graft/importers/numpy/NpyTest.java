package dev.graft.importers.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyTest {

  @TempDir private Path folder;

  private Path file(int version, String header, byte[] data) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(12 + header.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) {
      bytes.putShort((short) header.length());
    } else {
      bytes.putInt(header.length());
    }
    bytes.put(header.getBytes(StandardCharsets.ISO_8859_1)).put(data);
    return Files.write(folder.resolve("a.npy"), Arrays.copyOf(bytes.array(), bytes.position()));
  }

  private static String header(String type, String order, String shape) {
    return "{'descr': '"
        + type
        + "', 'fortran_order': "
        + order
        + ", 'shape': ("
        + shape
        + "), }\n";
  }

  private void reads(String type, byte[] data, float... expected) throws IOException {
    for (int version = 1; version <= 3; version++) {
      String header = header(type, "False", expected.length + ",");
      assertThat(Npy.read(file(version, header, data)).toArray())
          .as("%s, version %d", type, version)
          .containsExactly(expected);
    }
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void allTypes_becomeFloat32() throws IOException {
    reads("<f4", bytes(8).putFloat(1.5f).putFloat(-2).array(), 1.5f, -2);
    reads(">f4", ByteBuffer.allocate(8).putFloat(1.5f).putFloat(-2).array(), 1.5f, -2);
    reads("<f8", bytes(8).putDouble(0.1).array(), 0.1f);
    reads(
        "<f2", bytes(4).putShort((short) 0x3E00).putShort((short) 0x8001).array(), 1.5f, -0x1p-24f);
    reads("<i8", bytes(8).putLong(-7).array(), -7);
    reads("<u8", bytes(8).putLong(-1).array(), 0x1p64f);
    reads("<i4", bytes(4).putInt(-7).array(), -7);
    reads(">i2", ByteBuffer.allocate(2).putShort((short) 258).array(), 258);
    reads("|u1", new byte[] {-1, 1}, 255, 1);
    reads("|i1", new byte[] {-1, 1}, -1, 1);
    reads("|b1", new byte[] {0, 1}, 0, 1);
  }

  @Test
  void fortranOrder_isTurnedAround() throws IOException {
    byte[] data = {1, 2, 3, 4, 5, 6};
    Tensor tensor = Npy.read(file(1, header("|u1", "True", "2, 3"), data));
    assertThat(tensor.shape()).isEqualTo(Shape.of(2, 3));
    assertThat(tensor.toArray()).containsExactly(1, 3, 5, 2, 4, 6);
  }

  @Test
  void writtenArrays_areReadAgain_andAligned() throws IOException {
    for (Shape shape :
        new Shape[] {
          Shape.SCALAR, Shape.of(3), Shape.of(2, 3), Shape.of(0, 4), Shape.of(1, 1, 2)
        }) {
      float[] values = new float[shape.elements()];
      Arrays.fill(values, -0f);
      Path file = folder.resolve("deeper/b.npy");
      Npy.write(Tensor.of(shape, values), file);
      Tensor again = Npy.read(file);
      assertThat(again.shape()).isEqualTo(shape);
      assertThat(again.toArray()).isEqualTo(values);
      byte[] bytes = Files.readAllBytes(file);
      assertThat((bytes.length - 4 * values.length) % 64).isZero();
      assertThat(new String(bytes, 10, 60, StandardCharsets.US_ASCII))
          .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (");
    }
  }

  private void refused(Path file, String part) {
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(part);
  }

  @Test
  void damagedFiles_areOneLine() throws IOException {
    refused(folder.resolve("none.npy"), "there is no such file");
    refused(Files.write(folder.resolve("a.npy"), new byte[0]), "is no NumPy");
    refused(file(9, header("<f4", "False", "1,"), new byte[4]), "unknown version 9");
    refused(file(1, header("<f4", "False", "2,"), new byte[4]), "needs 8 bytes, found 4");
    refused(file(1, header("|O", "False", "2,"), new byte[4]), "type O");
    refused(file(1, header("<c8", "False", "1,"), new byte[8]), "type c8");
    refused(file(1, header("<f4", "False", "99999999999,"), new byte[4]), "impossible shape");
    refused(file(1, header("<f4", "False", "65536, 65536"), new byte[4]), "impossible shape");
    refused(file(1, header("<f8", "False", "2147483647,"), new byte[4]), "needs 17179869176 bytes");
    refused(file(1, "{'shape': (1,)}", new byte[4]), "no readable .npy header");
    refused(file(1, header("<f4", "False", "-1,"), new byte[4]), "no readable .npy header");
  }

  @Test
  void flippedBytes_areOneLineOrAnArray() throws IOException {
    Path file = folder.resolve("c.npy");
    Npy.write(Tensor.zeros(Shape.of(2, 3)), file);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(5);
    for (int i = 0; i < 1000; i++) {
      byte[] damaged =
          Arrays.copyOf(whole, i % 3 == 0 ? random.nextInt(whole.length) : whole.length);
      for (int flip = 0; flip < 2 && damaged.length > 0; flip++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        assertThat(Npy.read(file).shape()).isNotNull();
      } catch (ImportException e) {
        assertThat(e.getMessage()).startsWith(file + ": ").doesNotContain("\n");
      }
    }
  }
}
