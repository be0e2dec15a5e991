package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import dev.graft.core.data.Strata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Recognises the usual layouts of a data set on disk. */
public final class DataFolders {

  private DataFolders() {}

  /**
   * Opens what is at {@code path}: {@code train/} with {@code val/}, {@code valid/} or {@code
   * test/}, in any usual spelling ({@code Train}, {@code training_set}, {@code dev}); IDX files,
   * where {@code t10k-*} is the test; or class folders. Where nothing is there to validate on, a
   * share of the training is held out: a test is not for choosing by. What was ignored or could
   * surprise is in the split's notes.
   *
   * @param fraction share held out for validation where there is no validation folder, in (0, 1)
   * @param seed of that choice
   * @throws DataException if nothing of the kind is there, or it does not hang together
   */
  public static Split<Pictures> open(Path path, double fraction, long seed) {
    DataParts.expectShare(fraction);
    return parts(path).split(fraction, seed);
  }

  /**
   * Opens what is at {@code path} for a run that chooses more than its best epoch: by a share of
   * the training pictures alone, so that what the data has to validate on can be read at the end,
   * as a test.
   *
   * @param fraction as in {@link #open}
   * @param seed as in {@link #open}
   * @return the test is what validates, or else what tests
   * @throws DataException as {@link #open}
   */
  public static Split<Pictures> openToChoose(Path path, double fraction, long seed) {
    DataParts.expectShare(fraction);
    return parts(path).splitToChoose(fraction, seed);
  }

  /**
   * Opens what a finished model is measured on: of a split the test, or else what validates; all
   * pictures of class folders or IDX files that are no split.
   *
   * @throws DataException as {@link #open}
   */
  public static Measured toMeasure(Path path) {
    DataParts found = parts(path);
    List<String> notes = found.notes();
    Pictures test = found.test();
    Pictures validation = found.validation();
    if (test != null) {
      return new Measured("test", test, notes);
    }
    return validation == null
        ? new Measured("all", found.training(), notes)
        : new Measured("validation", validation, notes);
  }

  /**
   * Pictures to measure a model on.
   *
   * @param part what they are of the data: {@code test}, {@code validation} or {@code all}
   * @param pictures with their classes
   * @param notes as those of a split
   */
  public record Measured(String part, Pictures pictures, List<String> notes) {

    public Measured {
      notes = List.copyOf(notes);
    }
  }

  /**
   * Lists what is at {@code path}, as {@link #open} recognises it, and holds nothing out.
   *
   * @throws DataException if nothing of the kind is there, or it does not hang together
   */
  public static DataParts parts(Path path) {
    if (!Files.isDirectory(path)) {
      String found = Files.exists(path) ? "is a file, not a folder" : "does not exist";
      throw new DataException(path + ": " + found + "; give a folder of class folders");
    }
    Path trainPictures = IdxFiles.find(path, "train-images-idx3-ubyte");
    if (trainPictures != null) {
      return idxParts(path, trainPictures);
    }
    Ignored ignored = new Ignored(path);
    SplitFolders folders = SplitFolders.of(path, ignored);
    Path train = folders.training();
    ImageFolder training = ImageFolder.of(path, train == null ? path : train, ignored);
    return new DataParts(
        training,
        part(path, train, folders.validation(), training.classes(), ignored),
        part(path, train, folders.test(), training.classes(), ignored),
        ignored.lines());
  }

  /** Another part's pictures, numbered by the training folder's classes; null for no folder. */
  private static @Nullable Pictures part(
      Path path,
      @Nullable Path train,
      @Nullable Path folder,
      List<String> classes,
      Ignored ignored) {
    return train == null || folder == null ? null : numbered(path, train, folder, classes, ignored);
  }

  private static Pictures numbered(
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
    ImageFolder part = ImageFolder.of(path, present, classes, ignored);
    if (part.size() == 0) {
      throw new DataException(folder + ": found no pictures in its class folders");
    }
    ignored.loose(folder);
    return part;
  }

  /** A thousand names make no clear line. */
  static String list(List<String> names) {
    int shown = 12;
    String text = String.join(", ", names.subList(0, Math.min(shown, names.size())));
    return names.size() > shown ? text + ", … (" + names.size() + " in all)" : text;
  }

  private static DataParts idxParts(Path path, Path trainPictures) {
    IdxFiles training = IdxFiles.of(trainPictures, labels(path, "train-labels-idx1-ubyte"));
    @Nullable Path testPictures = IdxFiles.find(path, "t10k-images-idx3-ubyte");
    if (testPictures == null) {
      return new DataParts(training, null, null, List.of());
    }
    Path testLabels = labels(path, "t10k-labels-idx1-ubyte");
    IdxFiles test = IdxFiles.of(testPictures, testLabels, training.classes().size());
    return new DataParts(training, null, test, List.of());
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
    return all.withoutLabels(Strata.hidden(all, count, seed));
  }
}
