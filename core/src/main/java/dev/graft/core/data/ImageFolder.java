package dev.graft.core.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder with one sub-folder for each class, as torchvision's ImageFolder reads it: classes in
 * the order of their names, pictures found at any depth and sorted by path.
 */
public final class ImageFolder implements Pictures {

  private static final Set<String> SUFFIXES =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp", "tif", "tiff", "ppm", "pgm");

  private final Path root;
  private final List<String> classes;
  private final List<Path> files;
  private final int[] labels;

  private ImageFolder(Path root, List<String> classes, List<Path> files, int[] labels) {
    this.root = root;
    this.classes = List.copyOf(classes);
    this.files = List.copyOf(files);
    this.labels = labels;
  }

  /**
   * Lists a folder's pictures; none is opened yet. Hidden files and files whose names do not end
   * like a picture's are ignored.
   *
   * @throws DataException if there are fewer than two class folders, or one holds no picture
   */
  public static ImageFolder of(Path root) {
    return of(root, classFolders(root));
  }

  /** The names of the visible sub-folders, sorted. */
  static List<String> classFolders(Path root) {
    try (Stream<Path> children = Files.list(root)) {
      return children
          .filter(p -> Files.isDirectory(p) && !p.getFileName().toString().startsWith("."))
          .map(p -> p.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new DataException(root + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  /**
   * Lists the pictures of the given classes.
   *
   * @throws DataException as {@link #of(Path)}
   */
  static ImageFolder of(Path root, List<String> classes) {
    if (classes.isEmpty()) {
      throw new DataException(
          root
              + ": found no class folders; expected one sub-folder of pictures for each class, or"
              + " train/ with val/, valid/ or test/, or IDX files");
    }
    if (classes.size() == 1) {
      throw new DataException(
          root + ": found only one class, " + classes.get(0) + "; a classifier needs at least two");
    }
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int label = 0; label < classes.size(); label++) {
      Path folder = root.resolve(classes.get(label));
      List<Path> found = Files.isDirectory(folder) ? pictures(folder) : List.of();
      if (found.isEmpty()) {
        throw new DataException(
            folder + ": the class has no pictures; add some or remove the folder");
      }
      for (Path file : found) {
        files.add(file);
        labels.add(label);
      }
    }
    int[] numbers = labels.stream().mapToInt(Integer::intValue).toArray();
    return new ImageFolder(root, classes, files, numbers);
  }

  /** All pictures below a folder, sorted by path. */
  static List<Path> pictures(Path folder) {
    try (Stream<Path> tree = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return tree.filter(p -> isPicture(p) && Files.isRegularFile(p))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && SUFFIXES.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public String name(int index) {
    return root.relativize(files.get(index)).toString();
  }

  @Override
  public BufferedImage read(int index) throws UnreadableException {
    return PictureFile.read(files.get(index));
  }
}
