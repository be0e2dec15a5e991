package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder whose pictures are of one class.
 *
 * @param name of the class: the folder's, in Unicode's composed form, so that {@code café} is one
 *     class whichever system packed the folder
 * @param folder where the pictures are
 */
record ClassFolder(String name, Path folder) {

  /** What Java puts where bytes of a name are no character of its charset. */
  private static final char UNREADABLE = '\uFFFD';

  private static ClassFolder of(Path folder) {
    String name = folder.getFileName().toString();
    return new ClassFolder(Normalizer.normalize(name, Normalizer.Form.NFC), folder);
  }

  /** The same for names that people take for the same. */
  String key() {
    return key(name);
  }

  static String key(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  /**
   * The visible sub-folders, sorted by name.
   *
   * @throws DataException if the folder cannot be listed
   */
  static List<ClassFolder> below(Path root) {
    try (Stream<Path> children = Files.list(root)) {
      return children
          .filter(p -> Files.isDirectory(p) && !Junk.is(p.getFileName()))
          .map(ClassFolder::of)
          .sorted(Comparator.comparing(ClassFolder::name))
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(root + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  /** The folder itself, behind links. */
  private Path place() {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be opened: " + e.getMessage(), e);
    }
  }

  /**
   * Refuses folders of which one is, by a link, another: the same pictures would be of two classes,
   * or learnt and measured on.
   *
   * @throws DataException if so
   */
  static void expectDifferent(List<ClassFolder> folders) {
    Map<Path, ClassFolder> known = new HashMap<>();
    for (ClassFolder one : folders) {
      ClassFolder other = known.putIfAbsent(one.place(), one);
      if (other != null) {
        throw new DataException(
            other.folder
                + " and "
                + one.folder
                + " are one folder, through a link; remove the link");
      }
    }
  }

  /**
   * Refuses names that cannot be labels, and classes that nobody would tell apart.
   *
   * @throws DataException if so
   */
  static void check(Path root, List<ClassFolder> classes) {
    Map<String, ClassFolder> known = new HashMap<>();
    for (ClassFolder one : classes) {
      if (one.name.indexOf(UNREADABLE) >= 0) {
        throw new DataException(
            one.folder
                + ": the name of this class cannot be read in the charset "
                + System.getProperty("sun.jnu.encoding")
                + "; start Java in a UTF-8 locale, such as LC_ALL=C.UTF-8, or rename the folder");
      }
      if (one.name.chars().anyMatch(Character::isISOControl)) {
        throw new DataException(
            root
                + ": the name of a class has a control character or line break; rename the folder");
      }
      ClassFolder other = known.putIfAbsent(one.key(), one);
      if (other != null) {
        throw new DataException(
            root
                + ": the classes "
                + other.name
                + " and "
                + one.name
                + " differ only in case, in space around them, or in how Unicode spells them; make"
                + " one folder of them, or rename one");
      }
    }
  }
}
