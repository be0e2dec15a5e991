package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
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

  private static final String LAYOUTS =
      "expected one sub-folder of pictures for each class, or train/ with val/, valid/ or test/,"
          + " or IDX files";

  private final Path base;
  private final List<String> classes;
  private final List<Path> files;
  private final int[] labels;

  private ImageFolder(Path base, List<String> classes, List<Path> files, int[] labels) {
    this.base = base;
    this.classes = List.copyOf(classes);
    this.files = List.copyOf(files);
    this.labels = labels;
  }

  /**
   * Lists a folder's pictures; none is opened yet. Hidden files and folders and files whose names
   * do not end like a picture's are ignored; links are followed.
   *
   * @throws DataException if there are fewer than two class folders, or one holds no picture
   */
  public static ImageFolder of(Path root) {
    return of(root, root);
  }

  /**
   * @param base what names of pictures are relative to
   * @throws DataException as {@link #of(Path)}
   */
  static ImageFolder of(Path base, Path root) {
    if (!Files.isDirectory(root)) {
      throw new DataException(
          root + ": " + (Files.exists(root) ? "is no folder" : "does not exist") + "; " + LAYOUTS);
    }
    List<String> classes = classFolders(root);
    if (classes.isEmpty()) {
      throw new DataException(root + ": found " + contents(root) + "; " + LAYOUTS);
    }
    if (classes.size() == 1) {
      throw new DataException(
          root
              + ": found only one class, "
              + classes.get(0)
              + "; a classifier needs at least two; "
              + LAYOUTS);
    }
    return of(base, root, classes, classes);
  }

  /**
   * Lists the pictures of some classes.
   *
   * @param present the classes to list
   * @param classes all classes, which number them
   * @throws DataException if a class to list has no pictures
   */
  static ImageFolder of(Path base, Path root, List<String> present, List<String> classes) {
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (String name : present) {
      Path folder = root.resolve(name);
      List<Path> found = pictures(folder);
      if (found.isEmpty()) {
        throw new DataException(
            folder + ": the class has no pictures; add some or remove the folder");
      }
      files.addAll(found);
      labels.addAll(Collections.nCopies(found.size(), classes.indexOf(name)));
    }
    int[] numbers = labels.stream().mapToInt(Integer::intValue).toArray();
    return new ImageFolder(base, classes, files, numbers);
  }

  /** The names of the visible sub-folders, sorted. */
  static List<String> classFolders(Path root) {
    try (Stream<Path> children = Files.list(root)) {
      return children
          .filter(p -> Files.isDirectory(p) && !isHidden(p.getFileName()))
          .map(p -> p.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(root + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  /** What a folder without class folders holds, for the message. */
  private static String contents(Path root) {
    try (Stream<Path> children = Files.list(root)) {
      List<Path> visible = children.filter(p -> !isHidden(p.getFileName())).sorted().toList();
      long pictures = visible.stream().filter(ImageFolder::isPicture).count();
      if (visible.isEmpty()) {
        return "an empty folder";
      }
      return pictures > 0
          ? pictures + " pictures but no class folders"
          : "no class folders but "
              + visible.size()
              + " files such as "
              + visible.get(0).getFileName();
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(root + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  /** All pictures below a folder, sorted by path. */
  static List<Path> pictures(Path folder) {
    try (Stream<Path> tree = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      return tree.filter(p -> isPicture(p) && !isBelowHidden(folder, p) && !Files.isDirectory(p))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(folder + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return SUFFIXES.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  /** Such as the thumbnails and check points that tools leave beside the pictures. */
  private static boolean isBelowHidden(Path folder, Path file) {
    for (Path part : folder.relativize(file)) {
      if (isHidden(part)) {
        return true;
      }
    }
    return false;
  }

  /** Including the folder of resource forks that macOS puts into zip files. */
  private static boolean isHidden(Path name) {
    return name.toString().startsWith(".") || name.toString().equals("__MACOSX");
  }

  /** A path as it is told in messages, the same on every system. */
  static String name(Path base, Path file) {
    return base.relativize(file).toString().replace('\\', '/');
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
    return name(base, files.get(index));
  }

  @Override
  public BufferedImage read(int index) {
    return PictureFile.read(files.get(index));
  }
}
