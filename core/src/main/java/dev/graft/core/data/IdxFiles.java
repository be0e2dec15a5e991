package dev.graft.core.data;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Gray pictures and their classes from a pair of IDX files, as MNIST is distributed: big-endian
 * magic 2051 and three sizes before the pictures, 2049 and one size before the labels; plain or
 * gzipped. Kept in memory as bytes.
 */
public final class IdxFiles implements Pictures {

  private static final int PICTURES_MAGIC = 2051;
  private static final int LABELS_MAGIC = 2049;

  private final String source;
  private final int height;
  private final int width;
  private final byte[] levels;
  private final byte[] labels;
  private final List<String> classes;

  private IdxFiles(
      String source, int height, int width, byte[] levels, byte[] labels, List<String> classes) {
    this.source = source;
    this.height = height;
    this.width = width;
    this.levels = levels;
    this.labels = labels;
    this.classes = classes;
  }

  /**
   * Whether {@code folder} holds the file {@code stem}, plain or gzipped; null if it does not.
   *
   * @param stem such as {@code train-images-idx3-ubyte}
   */
  static @Nullable Path find(Path folder, String stem) {
    for (String name : List.of(stem, stem + ".gz", stem.replace("-idx", ".idx"))) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  /**
   * Reads a pair of files whole. The classes are the numbers from 0 to the largest label.
   *
   * @throws DataException if a file is no IDX file or truncated, or the two do not match
   */
  public static IdxFiles of(Path pictures, Path labels) {
    int[] sizes = new int[3];
    byte[] levels = read(pictures, PICTURES_MAGIC, sizes);
    int[] count = new int[1];
    byte[] numbers = read(labels, LABELS_MAGIC, count);
    if (sizes[0] != count[0]) {
      throw new DataException(
          labels + ": expected " + sizes[0] + " labels, one for each picture, found " + count[0]);
    }
    int most = 1;
    for (byte number : numbers) {
      most = Math.max(most, number & 0xFF);
    }
    List<String> classes = new ArrayList<>();
    for (int label = 0; label <= most; label++) {
      classes.add(Integer.toString(label));
    }
    return new IdxFiles(
        pictures.getFileName().toString(),
        sizes[1],
        sizes[2],
        levels,
        numbers,
        List.copyOf(classes));
  }

  private static byte[] read(Path file, int magic, int[] sizes) {
    try (InputStream in = open(file)) {
      byte[] head = in.readNBytes(4 + 4 * sizes.length);
      if (head.length < 4 + 4 * sizes.length) {
        throw new EOFException();
      }
      ByteBuffer header = ByteBuffer.wrap(head);
      int found = header.getInt();
      if (found != magic) {
        throw new DataException(
            file + ": expected an IDX file with magic number " + magic + ", found " + found);
      }
      long length = 1;
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = header.getInt();
        if (sizes[i] < 1 || sizes[i] > 1 << 26) {
          throw new DataException(file + ": a size of " + sizes[i] + " is not possible");
        }
        length = Math.multiplyExact(length, (long) sizes[i]);
        if (length > Integer.MAX_VALUE - 8) {
          throw new DataException(file + ": claims more than 2 GiB of data");
        }
      }
      // readNBytes grows with what is there, so a hostile header alone allocates nothing.
      byte[] data = in.readNBytes((int) length);
      if (data.length < length) {
        throw new DataException(
            file + ": is truncated: expected " + length + " bytes of data, found " + data.length);
      }
      return data;
    } catch (EOFException e) {
      throw new DataException(file + ": is truncated", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
  }

  /** The same pictures with the classes of other ones, of which these must be a part. */
  IdxFiles withClasses(List<String> classes) {
    return new IdxFiles(source, height, width, levels, labels, classes);
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index] & 0xFF;
  }

  @Override
  public String name(int index) {
    return source + "[" + index + "]";
  }

  @Override
  public BufferedImage read(int index) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    byte[] target = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
    System.arraycopy(levels, index * width * height, target, 0, width * height);
    return picture;
  }
}
