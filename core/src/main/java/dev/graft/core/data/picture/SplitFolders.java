package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which folders of a data set are the parts of a split, by their names: see {@link SplitRole}. What
 * looks like half a split is refused, since its parts would become classes.
 *
 * @param training the folder to learn from; null if the folders are the classes
 * @param validation the folder to validate on; null if a share of the training is held out
 * @param test the folder to measure on at the end; null if there is none
 */
record SplitFolders(@Nullable Path training, @Nullable Path validation, @Nullable Path test) {

  /**
   * A folder that may be a part or a class.
   *
   * @param role what its name says; null for nothing
   * @param subfolders names of the visible folders in it
   */
  private record Part(ClassFolder folder, @Nullable SplitRole role, Set<String> subfolders) {

    static Part of(ClassFolder folder) {
      Set<String> subfolders =
          ClassFolder.below(folder.folder()).stream()
              .map(ClassFolder::key)
              .collect(Collectors.toSet());
      return new Part(folder, SplitRole.of(folder.name()), subfolders);
    }

    boolean hasClasses() {
      return !subfolders.isEmpty();
    }

    int pictures() {
      return PictureTree.pictures(folder.folder(), new Ignored(folder.folder())).size();
    }

    Path path() {
      return folder.folder();
    }

    String name() {
      return folder.name() + "/";
    }
  }

  /**
   * Looks at the folders in {@code root}.
   *
   * @param ignored is told of folders that are not used
   * @throws DataException if they look like a split that is not whole
   */
  static SplitFolders of(Path root, Ignored ignored) {
    List<Part> parts = ClassFolder.below(root).stream().map(Part::of).toList();
    List<Part> training = having(parts, SplitRole.TRAINING);
    List<Part> validation = having(parts, SplitRole.VALIDATION);
    List<Part> test = having(parts, SplitRole.TEST);
    List<Part> others = having(parts, null);
    boolean isAccompanied = !validation.isEmpty() || !test.isEmpty();
    // Trains are a class of vehicles too: a folder of pictures beside others that are no parts.
    boolean isSplit =
        training.stream().anyMatch(Part::hasClasses)
            || (!training.isEmpty() && (isAccompanied || others.isEmpty()));
    if (!isSplit) {
      expectNoParts(root, parts);
      return new SplitFolders(null, null, null);
    }
    expectOne(root, training);
    expectOne(root, validation);
    List<Part> used = others.stream().filter(p -> p.pictures() > 0).toList();
    if (!isAccompanied && !used.isEmpty()) {
      throw half(root, training.get(0), used);
    }
    if (!used.isEmpty()) {
      ignored.note(
          "ignored beside the parts of the split: "
              + used.stream()
                  .limit(5)
                  .map(p -> p.name() + " with " + p.pictures() + " pictures")
                  .collect(Collectors.joining(", "))
              + (used.size() > 5 ? ", …" : ""));
    }
    expectOne(root, test);
    return new SplitFolders(
        training.get(0).path(),
        validation.isEmpty() ? null : validation.get(0).path(),
        measured(test, ignored));
  }

  /** The pictures of a test often come without their classes: nothing can be measured on them. */
  private static @Nullable Path measured(List<Part> test, Ignored ignored) {
    if (test.isEmpty()) {
      return null;
    }
    Part one = test.get(0);
    if (one.hasClasses()) {
      return one.path();
    }
    ignored.note(
        one.name() + " is not used: its " + one.pictures() + " pictures are not in class folders");
    return null;
  }

  private static List<Part> having(List<Part> parts, @Nullable SplitRole role) {
    return parts.stream().filter(part -> part.role == role).toList();
  }

  private static void expectOne(Path root, List<Part> same) {
    if (same.size() > 1) {
      throw new DataException(
          root
              + ": "
              + names(same)
              + " are named for the same part of a split; make one folder of them, or move those away"
              + " that are not wanted");
    }
  }

  /** Class folders, as long as none of them is named or filled like a part of a split. */
  private static void expectNoParts(Path root, List<Part> parts) {
    List<Part> mentioning =
        parts.stream()
            .filter(p -> p.hasClasses() && SplitRole.isMentioned(p.folder.name()))
            .toList();
    for (Part part : parts) {
      List<Part> rest = parts.stream().filter(p -> p != part).toList();
      boolean isNamed =
          part.role != null && (part.hasClasses() || !SplitRole.mayBeClass(part.folder.name()));
      boolean isAlike =
          mentioning.contains(part)
              && (mentioning.size() > 1 || rest.stream().anyMatch(p -> meet(p, part)));
      if (isNamed || isAlike) {
        throw half(root, part, rest);
      }
      expectClassesWithin(part);
    }
  }

  private static boolean meet(Part one, Part other) {
    Set<String> both = new HashSet<>(one.subfolders);
    both.retainAll(other.subfolders);
    return !both.isEmpty();
  }

  /** Splits belong above the classes. */
  private static void expectClassesWithin(Part part) {
    List<String> roles =
        part.subfolders.stream().filter(name -> SplitRole.of(name) != null).sorted().toList();
    if (roles.stream().map(SplitRole::of).distinct().count() > 1) {
      throw new DataException(
          part.path()
              + ": found the folders "
              + String.join("/, ", roles)
              + "/ of a split in a class; expected train/ and val/ above the class folders");
    }
  }

  private static DataException half(Path root, Part part, List<Part> rest) {
    List<Part> shown = new ArrayList<>(List.of(part));
    shown.addAll(rest);
    return new DataException(
        root
            + ": found "
            + names(shown)
            + ": "
            + part.name()
            + " looks like a part of a split, but the whole does not; expected train/ with val/,"
            + " valid/ or test/, each with the class folders, or class folders alone; rename "
            + part.name()
            + " if it is a class");
  }

  private static String names(List<Part> parts) {
    String text = parts.stream().limit(10).map(Part::name).collect(Collectors.joining(", "));
    return parts.size() > 10 ? text + ", … (" + parts.size() + " in all)" : text;
  }
}
