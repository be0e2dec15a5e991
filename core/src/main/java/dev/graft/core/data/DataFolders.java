package dev.graft.core.data;

import dev.graft.core.backend.Rng;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Recognises the usual layouts of a data set on disk. */
public final class DataFolders {

  private static final List<String> VALIDATION = List.of("val", "valid", "validation", "test");

  private DataFolders() {}

  /**
   * Opens what is at {@code path}: {@code train/} with {@code val/}, {@code valid/} or {@code
   * test/}; IDX files, where {@code t10k-*} validates; or class folders, of which a share is held
   * out.
   *
   * @param fraction share held out for validation where there is no validation folder, in (0, 1)
   * @param seed of that choice
   * @throws DataException if nothing of the kind is there, or it does not hang together
   */
  public static Split open(Path path, double fraction, long seed) {
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
    if (Files.isDirectory(train)) {
      ImageFolder training = ImageFolder.of(train);
      for (String name : VALIDATION) {
        Path folder = path.resolve(name);
        if (Files.isDirectory(folder)) {
          return new Split(training, validation(folder, training.classes()));
        }
      }
      return split(training, fraction, seed);
    }
    return split(ImageFolder.of(path), fraction, seed);
  }

  /** The validation folder's pictures, numbered by the training folder's classes. */
  private static Pictures validation(Path folder, List<String> classes) {
    List<String> found = ImageFolder.classFolders(folder);
    List<String> unknown = found.stream().filter(c -> !classes.contains(c)).toList();
    if (!unknown.isEmpty()) {
      throw new DataException(
          folder
              + ": found the class "
              + String.join(", ", unknown)
              + ", which train/ lacks; its classes are "
              + String.join(", ", classes));
    }
    if (found.isEmpty()) {
      throw new DataException(folder + ": found no class folders; expected those of train/");
    }
    if (found.equals(classes)) {
      return ImageFolder.of(folder, classes);
    }
    return new Renumbered(ImageFolder.of(folder, found), classes);
  }

  private static Split openIdx(Path path, Path trainPictures, double fraction, long seed) {
    IdxFiles training = IdxFiles.of(trainPictures, labels(path, "train-labels-idx1-ubyte"));
    @Nullable Path testPictures = IdxFiles.find(path, "t10k-images-idx3-ubyte");
    if (testPictures == null) {
      return split(training, fraction, seed);
    }
    IdxFiles validation = IdxFiles.of(testPictures, labels(path, "t10k-labels-idx1-ubyte"));
    if (validation.classes().size() > training.classes().size()) {
      throw new DataException(
          testPictures
              + ": has labels up to "
              + (validation.classes().size() - 1)
              + ", the training labels end at "
              + (training.classes().size() - 1));
    }
    return new Split(training, validation.withClasses(training.classes()));
  }

  private static Path labels(Path folder, String stem) {
    Path file = IdxFiles.find(folder, stem);
    if (file == null) {
      throw new DataException(folder + ": found pictures but no labels; expected " + stem);
    }
    return file;
  }

  /** Holds out the same share of every class; at least one picture of each stays. */
  private static Split split(Pictures all, double fraction, long seed) {
    List<Integer> training = new ArrayList<>();
    List<Integer> validation = new ArrayList<>();
    for (int label = 0; label < all.classes().size(); label++) {
      List<Integer> members = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        if (all.label(i) == label) {
          members.add(i);
        }
      }
      int[] order = Rng.permutation(Rng.key(seed, label), members.size());
      int held = Math.min(members.size() - 1, (int) Math.round(members.size() * fraction));
      for (int i = 0; i < order.length; i++) {
        (i < held ? validation : training).add(members.get(order[i]));
      }
    }
    if (validation.isEmpty()) {
      throw new DataException(
          "no picture is left to validate on; add pictures, or raise the share from " + fraction);
    }
    return new Split(sorted(all, training), sorted(all, validation));
  }

  private static Pictures sorted(Pictures all, List<Integer> indices) {
    return all.subset(indices.stream().mapToInt(Integer::intValue).sorted().toArray());
  }

  /**
   * Keeps the labels of {@code count} pictures, the same share of every class, and hides the
   * others.
   *
   * @throws DataException if there are not as many pictures, or fewer than one for each class
   */
  public static Pictures keepLabels(Pictures all, int count, long seed) {
    int classes = all.classes().size();
    if (count < classes || count > all.size()) {
      throw new DataException(
          "labels of " + count + " pictures: expected " + classes + " to " + all.size());
    }
    int[] order = Rng.permutation(Rng.key(seed, "labelled"), all.size());
    int[] left = new int[classes];
    int[] sizes = new int[classes];
    for (int i = 0; i < all.size(); i++) {
      sizes[all.label(i)]++;
    }
    int given = 0;
    for (int label = 0; label < classes; label++) {
      left[label] = Math.max(1, (int) ((long) count * sizes[label] / all.size()));
      given += left[label];
    }
    for (int label = 0; given < count; label = (label + 1) % classes) {
      if (left[label] < sizes[label]) {
        left[label]++;
        given++;
      }
    }
    List<Integer> hidden = new ArrayList<>();
    for (int index : order) {
      if (left[all.label(index)] > 0) {
        left[all.label(index)]--;
      } else {
        hidden.add(index);
      }
    }
    return all.withoutLabels(hidden.stream().mapToInt(Integer::intValue).toArray());
  }
}
