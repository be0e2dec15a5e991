package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Recognises the usual layouts of a data set on disk. */
public final class DataFolders {

  private static final List<String> VALIDATION = List.of("val", "valid", "validation", "test");

  private DataFolders() {}

  /**
   * Opens what is at {@code path}: {@code train/} with {@code val/}, {@code valid/} or {@code
   * test/}, the first of which validates; IDX files, where {@code t10k-*} validates; or class
   * folders, of which a share is held out.
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
    Path train = path.resolve("train");
    Path validation = validationFolder(path);
    if (!isTrainingFolder(path, train, validation)) {
      return Strata.split(ImageFolder.of(path), fraction, seed);
    }
    ImageFolder training = ImageFolder.of(path, train);
    return validation == null
        ? Strata.split(training, fraction, seed)
        : new Split<>(training, validation(path, validation, training.classes()));
  }

  private static @Nullable Path validationFolder(Path path) {
    return VALIDATION.stream()
        .map(path::resolve)
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(null);
  }

  /**
   * Trains are a class of vehicles too: a folder of pictures beside others that do not validate.
   */
  private static boolean isTrainingFolder(Path path, Path train, @Nullable Path validation) {
    return Files.isDirectory(train)
        && (validation != null
            || !ImageFolder.classFolders(train).isEmpty()
            || ImageFolder.classFolders(path).size() == 1);
  }

  /** The validation folder's pictures, numbered by the training folder's classes. */
  private static Pictures validation(Path path, Path folder, List<String> classes) {
    List<String> found = ImageFolder.classFolders(folder);
    List<String> unknown = found.stream().filter(c -> !classes.contains(c)).toList();
    if (!unknown.isEmpty()) {
      throw new DataException(
          folder
              + ": found "
              + list(unknown)
              + ", which train/ lacks; classes here are "
              + list(found)
              + ", in train/ "
              + list(classes));
    }
    if (found.isEmpty()) {
      throw new DataException(
          folder + ": found no class folders; expected those of train/: " + list(classes));
    }
    return ImageFolder.of(path, folder, found, classes);
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
