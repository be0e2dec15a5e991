package dev.graft.cli.run;

import dev.graft.cli.option.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a run reads, which the folder it writes in must leave alone. */
public final class RunInputs {

  private record Named(String option, Path file) {}

  private final List<Named> models = new ArrayList<>();
  private final List<Named> data = new ArrayList<>();

  /** A model file, and the option that named it. */
  public RunInputs model(String option, Path file) {
    models.add(new Named(option, file));
    return this;
  }

  /** A folder of pictures, and the option that named it. */
  public RunInputs data(String option, Path folder) {
    data.add(new Named(option, folder));
    return this;
  }

  /**
   * Refuses a folder for the run in which it could lose a model, or be taken for pictures. Links
   * and {@code ..} are followed.
   *
   * @throws UsageException if {@code out} holds a model, or lies inside of the data
   */
  public void expectApartFrom(Path out) {
    Path folder = real(out);
    for (Named model : models) {
      if (holds(folder, model.file.toAbsolutePath())) {
        throw new UsageException(
            "--out "
                + out
                + " holds "
                + model.option
                + " "
                + model.file
                + ", which the run could replace; name another folder");
      }
    }
    for (Named pictures : data) {
      if (folder.startsWith(real(pictures.file))) {
        throw new UsageException(
            "--out "
                + out
                + " lies inside "
                + pictures.option
                + " "
                + pictures.file
                + ", where it would be taken for pictures; name a folder elsewhere");
      }
    }
  }

  /** The name counts as well as what it links to, and so does what a run writes through a link. */
  private static boolean holds(Path folder, Path model) {
    Path target = real(model);
    Path name = model.getParent() == null ? model : real(model.getParent());
    return name.startsWith(folder)
        || target.startsWith(folder)
        || isSame(target, folder.resolve("model.onnx"))
        || isSame(target, folder.resolve("interrupted.onnx"));
  }

  /** By where a link leads, and by what the system calls the file: it may have several names. */
  private static boolean isSame(Path target, Path result) {
    try {
      return target.equals(real(result)) || Files.isSameFile(target, result);
    } catch (IOException e) {
      return false;
    }
  }

  /** Where a path leads, as far as it exists. */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      Path folder = absolute.getParent();
      if (folder == null) {
        return absolute;
      }
      if (Files.isSymbolicLink(absolute)) {
        return linked(absolute, folder);
      }
      return real(folder).resolve(absolute.getFileName()).normalize();
    }
  }

  private static Path linked(Path link, Path folder) {
    try {
      return real(folder).resolve(Files.readSymbolicLink(link)).normalize();
    } catch (IOException e) {
      return link;
    }
  }
}
