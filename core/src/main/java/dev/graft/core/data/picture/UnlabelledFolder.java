package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** Pictures of unknown class: all that a folder holds, at any depth, sorted by path. */
public final class UnlabelledFolder implements Pictures {

  private final Path root;
  private final List<Path> files;
  private final List<String> classes;
  private final List<String> notes;

  private UnlabelledFolder(Path root, List<Path> files, List<String> classes, List<String> notes) {
    this.root = root;
    this.files = files;
    this.classes = List.copyOf(classes);
    this.notes = List.copyOf(notes);
  }

  /**
   * Lists a folder's pictures; none is opened yet.
   *
   * @param classes the classes they may belong to
   * @throws DataException if the folder does not exist or holds no picture
   */
  public static UnlabelledFolder of(Path root, List<String> classes) {
    if (!Files.isDirectory(root)) {
      throw new DataException(root + ": is no folder of pictures");
    }
    Ignored ignored = new Ignored(root);
    List<Path> files = PictureTree.pictures(root, ignored);
    if (files.isEmpty()) {
      throw new DataException(root + ": holds no pictures");
    }
    return new UnlabelledFolder(root, files, classes, ignored.lines());
  }

  /** The pictures' files, in their order. */
  public List<Path> files() {
    return Collections.unmodifiableList(files);
  }

  /** What was ignored, a line each; folders within this one are not. */
  public List<String> notes() {
    return notes;
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
    return UNLABELLED;
  }

  @Override
  public String name(int index) {
    return ImageFolder.name(root, files.get(index));
  }

  @Override
  public BufferedImage read(int index) {
    return PictureFile.read(files.get(index));
  }
}
