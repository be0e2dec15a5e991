package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Recognises the usual layouts of a data set on disk. */
public final class DataFolders {

  private DataFolders() {}

  /**
   * Opens what is at {@code path}: {@code train/} with {@code val/}, {@code valid/} or {@code
   * test/}, the first of which validates, in any usual spelling ({@code Train}, {@code
   * training_set}, {@code dev}); IDX files, where {@code t10k-*} validates; or class folders, of
   * which a share is held out. What was ignored or could surprise is in the split's notes.
   *
   * @param fraction share held out for validation where there is no validation folder, in (0, 1)
   * @param seed of that choice
   * @throws DataException if nothing of the kind is there, or it does not hang together
   */
  public static Split<Pictures> open(Path path, double fraction, long seed) {
    if (!Files.isDirectory(path)) {
      String found = Files.exists(path) ? "is a file, not a folder" : "does not exist";
      throw new DataException(path + ": " + found + "; give a folder of class folders");
    }
    if (!(fraction > 0 && fraction < 1)) {
      throw new DataException("the share for validation must be in (0, 1), found " + fraction);
    }
    Path trainPictures = IdxFiles.find(path, "train-images-idx3-ubyte");
    if (trainPictures != null) {
      return openIdx(path, trainPictures, fraction, seed);
    }
    Ignored ignored = new Ignored(path);
    SplitFolders folders = SplitFolders.of(path, ignored);
    Path train = folders.training();
    Path validation = folders.validation();
    ImageFolder training = ImageFolder.of(path, train == null ? path : train, ignored);
    Split<Pictures> split =
        train == null || validation == null
            ? Strata.split(training, fraction, seed)
            : new Split<>(
                training, validation(path, train, validation, training.classes(), ignored));
    List<String> notes = new ArrayList<>(unmeasured(split));
    notes.addAll(ignored.lines());
    return new Split<>(split.training(), split.validation(), notes);
  }

  /** The validation folder's pictures, numbered by the training folder's classes. */
  private static Pictures validation(
      Path path, Path train, Path folder, List<String> classes, Ignored ignored) {
    List<ClassFolder> found = ClassFolder.below(folder);
    ClassFolder.check(folder, found);
    String training = train.getFileName() + "/";
    if (found.isEmpty()) {
      throw new DataException(
          folder
              + ": found no class folders; expected those of "
              + training
              + ": "
              + list(classes));
    }
    Map<String, String> known = new HashMap<>();
    classes.forEach(name -> known.put(ClassFolder.key(name), name));
    List<String> unknown =
        found.stream().filter(one -> !known.containsKey(one.key())).map(ClassFolder::name).toList();
    if (!unknown.isEmpty()) {
      throw new DataException(
          folder
              + ": found "
              + list(unknown)
              + ", which "
              + training
              + " lacks; classes here are "
              + list(found.stream().map(ClassFolder::name).toList())
              + ", in "
              + training
              + " "
              + list(classes));
    }
    List<ClassFolder> present = new ArrayList<>();
    for (ClassFolder one : found) {
      String name = known.get(one.key());
      if (!name.equals(one.name())) {
        ignored.note(ImageFolder.name(path, one.folder()) + " is taken for the class " + name);
      }
      present.add(new ClassFolder(name, one.folder()));
    }
    List<ClassFolder> both = new ArrayList<>(ClassFolder.below(train));
    both.addAll(present);
    ClassFolder.expectDifferent(both);
    ImageFolder validation = ImageFolder.of(path, present, classes, ignored);
    if (validation.size() == 0) {
      throw new DataException(folder + ": found no pictures in its class folders");
    }
    ignored.loose(folder);
    return validation;
  }

  /** What is said of classes that nothing is measured of. */
  private static List<String> unmeasured(Split<Pictures> split) {
    int[] counts = split.validation().countsOfClasses();
    List<String> classes = split.training().classes();
    List<String> missing =
        IntStream.range(0, counts.length)
            .filter(label -> counts[label] == 0)
            .mapToObj(classes::get)
            .toList();
    return missing.isEmpty()
        ? List.of()
        : List.of(
            "no picture to validate on for "
                + missing.size()
                + " of "
                + classes.size()
                + " classes: "
                + list(missing));
  }

  /** A thousand names make no clear line. */
  private static String list(List<String> names) {
    int shown = 12;
    String text = String.join(", ", names.subList(0, Math.min(shown, names.size())));
    return names.size() > shown ? text + ", … (" + names.size() + " in all)" : text;
  }

  private static Split<Pictures> openIdx(
      Path path, Path trainPictures, double fraction, long seed) {
    IdxFiles training = IdxFiles.of(trainPictures, labels(path, "train-labels-idx1-ubyte"));
    @Nullable Path testPictures = IdxFiles.find(path, "t10k-images-idx3-ubyte");
    if (testPictures == null) {
      return Strata.split(training, fraction, seed);
    }
    Path testLabels = labels(path, "t10k-labels-idx1-ubyte");
    return new Split<>(training, IdxFiles.of(testPictures, testLabels, training.classes().size()));
  }

  private static Path labels(Path folder, String stem) {
    Path file = IdxFiles.find(folder, stem);
    if (file == null) {
      throw new DataException(
          folder + ": found pictures but no labels; expected " + stem + " or " + stem + ".gz");
    }
    return file;
  }

  /**
   * Keeps the labels of {@code count} pictures, the same share of every class, and hides the
   * others.
   *
   * @throws DataException if there are not as many labelled pictures, or fewer are to be kept than
   *     there are classes
   */
  public static Pictures keepLabels(Pictures all, int count, long seed) {
    return Strata.keepLabels(all, count, seed);
  }
}
