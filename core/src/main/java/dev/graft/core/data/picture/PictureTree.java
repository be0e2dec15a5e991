package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One walk through a folder: its pictures at any depth, told by the ends of their names, and how
 * much else lies there. Links are followed, but not in circles.
 */
final class PictureTree extends SimpleFileVisitor<Path> {

  private static final Set<String> SUFFIXES =
      Set.of(
          "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp", "tif", "tiff", "ppm", "pgm",
          "pbm", "pnm", "pam");

  private final Path root;
  private final Ignored ignored;
  private final List<Path> pictures = new ArrayList<>();

  private PictureTree(Path root, Ignored ignored) {
    this.root = root;
    this.ignored = ignored;
  }

  /**
   * All pictures below a folder, sorted by path.
   *
   * @param ignored counts what else is there
   * @throws DataException if a folder cannot be listed
   */
  static List<Path> pictures(Path root, Ignored ignored) {
    PictureTree tree = new PictureTree(root, ignored);
    try {
      Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, tree);
    } catch (IOException e) {
      throw new DataException(root + ": cannot be listed: " + e.getMessage(), e);
    }
    tree.pictures.sort(Comparator.comparing(Path::toString));
    return tree.pictures;
  }

  /** Whether a file is named as pictures are. */
  static boolean isPicture(Path file) {
    return SUFFIXES.contains(suffix(file));
  }

  /** The end of a name behind its last dot, in lower case; empty if it has none. */
  static String suffix(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1);
  }

  /** A link can lead to a folder around the one that is walked, which the walk does not notice. */
  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
      throws IOException {
    if (folder.equals(root) || !Files.isSymbolicLink(folder)) {
      return FileVisitResult.CONTINUE;
    }
    if (folder.getParent().toRealPath().startsWith(folder.toRealPath())) {
      ignored.loop(folder);
      return FileVisitResult.SKIP_SUBTREE;
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    Path junk = junk(file);
    if (junk != null) {
      if (isPicture(file)) {
        ignored.hidden(junk);
      }
    } else if (isPicture(file)) {
      pictures.add(file);
      if (!file.getParent().equals(root)) {
        ignored.nested(root, file);
      }
    } else {
      ignored.otherKind(suffix(file));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
    if (junk(file) != null) {
      return FileVisitResult.CONTINUE;
    }
    if (!(cause instanceof FileSystemLoopException)) {
      throw cause;
    }
    ignored.loop(file);
    return FileVisitResult.CONTINUE;
  }

  /** The part of a path below the root that makes it junk, or null. */
  private @Nullable Path junk(Path file) {
    for (Path part : root.relativize(file)) {
      if (Junk.is(part)) {
        return part;
      }
    }
    return null;
  }
}
