package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder with one sub-folder for each class, as torchvision's ImageFolder reads it: classes in
 * the order of their names, pictures found at any depth and sorted by path.
 */
public final class ImageFolder implements Pictures {

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
   * Lists a folder's pictures; none is opened yet. Hidden files and folders, what tools leave
   * behind, and files whose names do not end like a picture's are ignored; links are followed.
   * {@link DataFolders#open} also tells what was ignored.
   *
   * @throws DataException if there are fewer than two class folders, one holds no picture, or two
   *     have names that nobody would tell apart
   */
  public static ImageFolder of(Path root) {
    return of(root, root, new Ignored(root));
  }

  /**
   * @param base what names of pictures are relative to
   * @param ignored counts what is not read
   * @throws DataException as {@link #of(Path)}
   */
  static ImageFolder of(Path base, Path root, Ignored ignored) {
    if (!Files.isDirectory(root)) {
      throw new DataException(
          root + ": " + (Files.exists(root) ? "is no folder" : "does not exist") + "; " + LAYOUTS);
    }
    List<ClassFolder> folders = ClassFolder.below(root);
    if (folders.isEmpty()) {
      throw new DataException(root + ": found " + contents(root) + "; " + LAYOUTS);
    }
    if (folders.size() == 1) {
      throw new DataException(onlyOne(root, folders.get(0)));
    }
    ClassFolder.check(root, folders);
    ClassFolder.expectDifferent(folders);
    List<String> classes = folders.stream().map(ClassFolder::name).toList();
    ImageFolder all = of(base, folders, classes, ignored);
    int[] counts = all.countsOfClasses();
    for (int label = 0; label < counts.length; label++) {
      if (counts[label] == 0) {
        Path folder = folders.get(label).folder();
        throw new DataException(
            folder
                + ": the class has no pictures"
                + found(folder)
                + "; add some or remove the folder");
      }
    }
    ignored.loose(root);
    return all;
  }

  private static String onlyOne(Path root, ClassFolder only) {
    boolean isWrapped = !ClassFolder.below(only.folder()).isEmpty();
    return root
        + ": found only one class, "
        + only.name()
        + "; a classifier needs at least two; "
        + LAYOUTS
        + (isWrapped ? "; if the classes are in there, give " + only.folder() : "");
  }

  /** The files in a folder without pictures, for the message. */
  private static String found(Path folder) {
    Ignored ignored = new Ignored(folder);
    PictureTree.pictures(folder, ignored);
    String kinds = ignored.kinds();
    return kinds.isEmpty() ? "" : " that can be read, but " + kinds + ignored.remedy();
  }

  /**
   * Lists the pictures of some classes; a class may have none.
   *
   * @param present the folders to list, of which each is one of the classes by name
   * @param classes all classes, which number them
   */
  static ImageFolder of(
      Path base, List<ClassFolder> present, List<String> classes, Ignored ignored) {
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (ClassFolder one : present) {
      List<Path> found = PictureTree.pictures(one.folder(), ignored);
      files.addAll(found);
      labels.addAll(Collections.nCopies(found.size(), classes.indexOf(one.name())));
    }
    int[] numbers = labels.stream().mapToInt(Integer::intValue).toArray();
    return new ImageFolder(base, classes, files, numbers);
  }

  /** What a folder without class folders holds, for the message. */
  private static String contents(Path root) {
    try (Stream<Path> children = Files.list(root)) {
      List<Path> visible = children.filter(p -> !Junk.is(p.getFileName())).sorted().toList();
      long pictures = visible.stream().filter(PictureTree::isPicture).count();
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
