package dev.graft.importers.numpy;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.AtomicFile;
import dev.graft.importers.ImportException;
import dev.graft.importers.element.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's .npy files: a magic string, a version, a header that is a Python dictionary, and the
 * elements. Reads versions 1 to 3 with numbers of any usual type as float32; writes version 1 of
 * float32 in C order.
 */
public final class Npy {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)(\\w+)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, L]*)\\)");

  private Npy() {}

  /**
   * Reads an array.
   *
   * @throws ImportException if it is no .npy file, truncated, or of another type
   */
  public static Tensor read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer start = read(channel, 0, 12);
      for (byte expected : MAGIC) {
        if (!start.hasRemaining() || start.get() != expected) {
          throw new ImportException(file + ": is no NumPy .npy file");
        }
      }
      if (start.remaining() < 6) {
        throw new ImportException(file + ": is truncated");
      }
      int version = start.get();
      start.get();
      if (version < 1 || version > 3) {
        throw new ImportException(file + ": is a .npy file of unknown version " + version);
      }
      int headerAt = version == 1 ? 10 : 12;
      long headerLength = version == 1 ? start.getShort() & 0xFFFF : start.getInt() & 0xFFFFFFFFL;
      if (headerLength > 1 << 20 || headerAt + headerLength > channel.size()) {
        throw new ImportException(file + ": is truncated");
      }
      ByteBuffer header = read(channel, headerAt, (int) headerLength);
      String text = new String(header.array(), StandardCharsets.UTF_8);
      return elements(file, channel, headerAt + headerLength, text);
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    } catch (OutOfMemoryError e) {
      throw new ImportException(file + ": is too large for the heap; raise it with -Xmx", e);
    }
  }

  private static Tensor elements(Path file, FileChannel channel, long at, String header)
      throws IOException {
    Matcher descr = DESCR.matcher(header);
    Matcher order = ORDER.matcher(header);
    Matcher sizes = SHAPE.matcher(header);
    if (!descr.find() || !order.find() || !sizes.find()) {
      throw new ImportException(file + ": has no readable .npy header");
    }
    Shape shape = shape(file, sizes.group(1));
    ElementType type = type(file, descr.group(2));
    long length = (long) type.width() * shape.elements();
    if (channel.size() - at < length) {
      throw new ImportException(
          file
              + ": is truncated: "
              + shape
              + " of "
              + descr.group(2)
              + " needs "
              + length
              + " bytes, found "
              + (channel.size() - at));
    }
    if (length > Integer.MAX_VALUE) {
      throw new ImportException(file + ": is larger than 2 GiB, which is not supported");
    }
    ByteBuffer bytes = read(channel, at, (int) length);
    bytes.order(descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.next(bytes);
    }
    return Tensor.of(shape, order.group(1).equals("True") ? fromFortran(values, shape) : values);
  }

  private static ElementType type(Path file, String name) {
    if (name.equals("b1")) {
      return ElementType.BOOL;
    }
    // NumPy counts bytes, ElementType bits; the letters are the same.
    if (name.matches("[fiu][1248]") && !name.equals("f1")) {
      int bits = 8 * (name.charAt(1) - '0');
      return ElementType.valueOf(name.substring(0, 1).toUpperCase(Locale.ROOT) + bits);
    }
    throw new ImportException(file + ": holds elements of type " + name + "; use float32");
  }

  private static Shape shape(Path file, String text) {
    try {
      String[] parts = text.replace("L", "").replace(" ", "").split(",");
      int[] sizes = new int[parts.length];
      int rank = 0;
      for (String part : parts) {
        if (!part.isEmpty()) {
          sizes[rank++] = Integer.parseInt(part);
        }
      }
      return Shape.of(Arrays.copyOf(sizes, rank));
    } catch (NumberFormatException | ShapeException | ArithmeticException e) {
      throw new ImportException(file + ": has the impossible shape (" + text + ")", e);
    }
  }

  /** First axis fastest to last axis fastest. */
  private static float[] fromFortran(float[] values, Shape shape) {
    float[] ordered = new float[values.length];
    int[] strides = shape.strides();
    int[] sizes = shape.toArray();
    for (int i = 0; i < values.length; i++) {
      int rest = i;
      int to = 0;
      for (int axis = 0; axis < sizes.length; axis++) {
        to += rest % sizes[axis] * strides[axis];
        rest /= sizes[axis];
      }
      ordered[to] = values[i];
    }
    return ordered;
  }

  private static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
      continue;
    }
    return bytes.flip();
  }

  /**
   * Writes an array; the file appears whole or not at all.
   *
   * @throws dev.graft.importers.ExportException if it cannot be written
   */
  public static void write(Tensor tensor, Path file) {
    StringBuilder sizes = new StringBuilder();
    for (int size : tensor.shape().toArray()) {
      sizes.append(size).append(", ");
    }
    String shape =
        tensor.shape().rank() == 1
            ? sizes.toString().strip()
            : sizes.substring(0, Math.max(0, sizes.length() - 2));
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    // The elements start at a multiple of 64, the header ends in a newline.
    int length = (10 + text.length() + 1 + 63) / 64 * 64 - 10;
    String header = text + " ".repeat(length - text.length() - 1) + "\n";
    float[] values = tensor.toArray();
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + length + Float.BYTES * values.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) length);
    bytes.put(header.getBytes(StandardCharsets.US_ASCII));
    bytes.asFloatBuffer().put(values);
    AtomicFile.write(file, out -> out.write(bytes.array()));
  }
}
