package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What lies in the folders of a data set and is not read, or not as its place may suggest: counted
 * over all of them, and told in a line a kind.
 */
final class Ignored {

  /** More names make no clear line. */
  private static final int SHOWN = 5;

  private final Path base;
  private final Map<String, Integer> otherKinds = new TreeMap<>();
  private final Set<String> hiddenPlaces = new TreeSet<>();
  private final List<String> others = new ArrayList<>();
  private int hidden;
  private int loops;
  private @Nullable Path loop;
  private int nested;
  private @Nullable Path nest;
  private @Nullable Path nestRoot;

  /**
   * @param base what paths are told relative to
   */
  Ignored(Path base) {
    this.base = base;
  }

  /** A file that is not named as pictures are. */
  void otherKind(String suffix) {
    otherKinds.merge(suffix, 1, Integer::sum);
  }

  /** A picture that is hidden by the name of {@code place}, itself or a folder around it. */
  void hidden(Path place) {
    hidden++;
    hiddenPlaces.add(place.toString());
  }

  /** A link to a folder that it lies in. */
  void loop(Path link) {
    loops++;
    loop = loop == null || link.compareTo(loop) < 0 ? link : loop;
  }

  /** Pictures that lie beside the class folders of {@code root} and belong to none. */
  void loose(Path root) {
    try (Stream<Path> children = Files.list(root)) {
      int count =
          (int)
              children
                  .filter(p -> PictureTree.isPicture(p) && !Junk.is(p.getFileName()))
                  .filter(Files::isRegularFile)
                  .count();
      if (count > 0) {
        others.add(
            counted(count, "picture")
                + " beside the class folders "
                + (root.equals(base) ? "" : "of " + ImageFolder.name(base, root) + " ")
                + (count == 1 ? "belongs" : "belong")
                + " to no class");
      }
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(root + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  /** Anything else that is told, as a whole line. */
  void note(String line) {
    others.add(line);
  }

  /** A picture in a folder below that of its class. */
  void nested(Path classFolder, Path picture) {
    nested++;
    if (nest == null || picture.compareTo(nest) < 0) {
      nest = picture;
      nestRoot = classFolder;
    }
  }

  /** The files that are not named as pictures are, by kind: {@code 9 .heic, 2 .txt}. */
  String kinds() {
    List<Map.Entry<String, Integer>> most =
        otherKinds.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
            .toList();
    String text =
        most.stream()
            .limit(SHOWN)
            .map(e -> e.getValue() + (e.getKey().isEmpty() ? " without suffix" : " ." + e.getKey()))
            .collect(Collectors.joining(", "));
    return most.size() > SHOWN ? text + ", …" : text;
  }

  /**
   * What to do about the files that are no pictures, as the end of a sentence; empty for nothing.
   */
  String remedy() {
    return otherKinds.keySet().stream().anyMatch(FoundFormat::isConvertible)
        ? "; " + FoundFormat.REMEDY
        : "";
  }

  /** A line for each kind of thing; none if nothing was ignored. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(others);
    int files = otherKinds.values().stream().mapToInt(Integer::intValue).sum();
    if (files > 0) {
      lines.add(
          "ignored "
              + counted(files, "file")
              + " not named as a picture that can be read: "
              + kinds()
              + remedy());
    }
    if (hidden > 0) {
      lines.add(
          "ignored "
              + counted(hidden, "picture")
              + " that tools leave behind or hide: "
              + shown(hiddenPlaces));
    }
    if (loop != null) {
      lines.add(
          "ignored "
              + counted(loops, "link")
              + (loops == 1 ? " to a folder around it: " : " to folders around them, such as ")
              + ImageFolder.name(base, loop));
    }
    if (nest != null && nestRoot != null) {
      lines.add(
          counted(nested, "picture")
              + " in folders below those of the classes count for these: "
              + ImageFolder.name(base, nest.getParent())
              + " is "
              + nestRoot.getFileName());
    }
    return lines;
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String shown(Collection<String> names) {
    String text = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return names.size() > SHOWN ? text + ", …" : text;
  }
}
