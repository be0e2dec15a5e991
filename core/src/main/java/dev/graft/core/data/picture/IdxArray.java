package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * The contents of an IDX file of unsigned bytes: a big-endian magic number, whose last byte counts
 * the axes, a size for each axis, then the data (Y. LeCun, "The MNIST database of handwritten
 * digits").
 *
 * @param sizes one for each axis
 * @param data row-major
 */
record IdxArray(int[] sizes, byte[] data) {

  /** Magic number of pictures: unsigned bytes along three axes. */
  static final int PICTURES = 0x803;

  /** Magic number of labels: unsigned bytes along one axis. */
  static final int LABELS = 0x801;

  /**
   * Reads a file, plain or gzipped, told by its content.
   *
   * @throws DataException if it has another magic number, less or more data than it states, or more
   *     than the heap has room for
   */
  static IdxArray read(Path file, int magic) {
    try (InputStream in = open(file)) {
      int[] sizes = new int[magic & 0xFF];
      byte[] head = in.readNBytes(4 + 4 * sizes.length);
      if (head.length < 4) {
        throw new EOFException();
      }
      ByteBuffer header = ByteBuffer.wrap(head);
      int found = header.getInt();
      if (found != magic) {
        throw new DataException(
            file + ": expected an IDX file with magic number " + magic + ", found " + found);
      }
      if (header.remaining() < 4 * sizes.length) {
        throw new EOFException();
      }
      long length = 1;
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = header.getInt();
        if (sizes[i] < 1 || sizes[i] > 1 << 28) {
          throw new DataException(file + ": states a size of " + sizes[i]);
        }
        length *= sizes[i];
        checkLength(file, length);
      }
      return new IdxArray(sizes, data(file, in, (int) length));
    } catch (EOFException e) {
      throw new DataException(file + ": is truncated", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** At most half of the heap, for the data comes in pieces that are then put together. */
  private static void checkLength(Path file, long length) {
    long allowed = Math.min(Integer.MAX_VALUE - 8, Runtime.getRuntime().maxMemory() / 2);
    if (length > allowed) {
      throw new DataException(
          String.format(
              "%s: states %d MB of data or more, there is room for %d MB; raise -Xmx if that is so",
              file, length >> 20, allowed >> 20));
    }
  }

  private static byte[] data(Path file, InputStream in, int length) throws IOException {
    // Grows with what is there, so that a hostile header alone allocates nothing.
    byte[] data = new byte[Math.min(length, 1 << 22)];
    int filled = 0;
    while (filled < length) {
      if (filled == data.length) {
        data = Arrays.copyOf(data, (int) Math.min(length, 2L * filled));
      }
      int read = in.readNBytes(data, filled, data.length - filled);
      if (read == 0) {
        throw new DataException(
            file + ": is truncated: expected " + length + " bytes of data, found " + filled);
      }
      filled += read;
    }
    if (in.read() >= 0) {
      throw new DataException(
          file + ": has more data than the " + length + " bytes that its header states");
    }
    return data;
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.mark(2);
      boolean gzipped = in.read() == 0x1F && in.read() == 0x8B;
      in.reset();
      return gzipped ? new GZIPInputStream(in, 1 << 16) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
