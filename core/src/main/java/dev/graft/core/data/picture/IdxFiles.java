package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Gray pictures and their classes from a pair of IDX files, as MNIST is distributed, plain or
 * gzipped. Kept in memory as bytes.
 */
public final class IdxFiles implements Pictures {

  private final String source;
  private final int height;
  private final int width;
  private final byte[] levels;
  private final byte[] labels;
  private final List<String> classes;

  private IdxFiles(String source, IdxArray pictures, byte[] labels, int classes) {
    this.source = source;
    this.height = pictures.sizes()[1];
    this.width = pictures.sizes()[2];
    this.levels = pictures.data();
    this.labels = labels;
    this.classes = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }

  /**
   * The file {@code stem} in {@code folder}, plain or gzipped; null if there is none.
   *
   * @param stem such as {@code train-images-idx3-ubyte}
   */
  static @Nullable Path find(Path folder, String stem) {
    String dotted = stem.replace("-idx", ".idx");
    for (String name : List.of(stem, stem + ".gz", dotted, dotted + ".gz")) {
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
   * @throws DataException if a file is no IDX file, truncated or too large for the heap, the two do
   *     not match, or there is only one class
   */
  public static IdxFiles of(Path pictures, Path labels) {
    return of(pictures, labels, 0);
  }

  /**
   * Reads a pair of files whose labels are below {@code classes}; 0 takes what is there.
   *
   * @throws DataException as {@link #of(Path, Path)}, or if a label is out of range
   */
  static IdxFiles of(Path pictures, Path labels, int classes) {
    IdxArray levels = IdxArray.read(pictures, IdxArray.PICTURES);
    IdxArray numbers = IdxArray.read(labels, IdxArray.LABELS);
    int size = levels.sizes()[0];
    if (size != numbers.sizes()[0]) {
      throw new DataException(
          labels
              + ": expected "
              + size
              + " labels, one for each picture of "
              + pictures.getFileName()
              + ", found "
              + numbers.sizes()[0]);
    }
    int most = 0;
    for (int i = 0; i < size; i++) {
      int label = numbers.data()[i] & 0xFF;
      most = Math.max(most, label);
      if (classes > 0 && label >= classes) {
        throw new DataException(
            labels
                + ": label "
                + label
                + " of picture "
                + i
                + " is out of range; the training labels end at "
                + (classes - 1));
      }
    }
    if (classes == 0 && most == 0) {
      throw new DataException(
          labels + ": found only one class, all labels are 0; a classifier needs at least two");
    }
    String source = pictures.getFileName().toString();
    return new IdxFiles(source, levels, numbers.data(), classes > 0 ? classes : most + 1);
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
