package dev.graft.importers.onnx.recorded;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.GraphException;
import dev.graft.core.plan.MemoryException;
import dev.graft.core.tensor.OpenSizeException;
import dev.graft.core.tensor.ShapeException;
import dev.graft.importers.ImportException;
import dev.graft.importers.onnx.recorded.Outcome.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * An ONNX model with recorded inputs and outputs: a folder with {@code model.onnx} and {@code
 * test_data_set_*}, as the ONNX model zoo ships them, or a file {@code light_X.onnx} of the ONNX
 * conformance suite with {@code light_X_output_0.pb} beside it.
 */
public final class RecordedModel {

  private static final String MODEL = "model.onnx";
  private static final String DATA = "test_data_set_";
  private static final String LIGHT_OUTPUT = "_output_0.pb";

  private final String name;
  private final Path model;
  private final List<Path> dataSets;

  private RecordedModel(String name, Path model, List<Path> dataSets) {
    this.name = name;
    this.model = model;
    this.dataSets = dataSets;
  }

  /**
   * All recorded models in a folder, in the order of their names.
   *
   * @throws ImportException if there is none, or the folder cannot be read
   */
  public static List<RecordedModel> find(Path folder) {
    List<RecordedModel> found;
    try (Stream<Path> files = Files.walk(folder)) {
      found = files.filter(Files::isRegularFile).sorted().flatMap(RecordedModel::of).toList();
    } catch (IOException | UncheckedIOException e) {
      throw new ImportException(folder + ": cannot be read: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw new ImportException(
          folder
              + ": holds no recorded model; expected model.onnx beside test_data_set_0, or"
              + " light_NAME.onnx beside light_NAME_output_0.pb");
    }
    return found;
  }

  private static Stream<RecordedModel> of(Path file) {
    String name = file.getFileName().toString();
    Path folder = file.toAbsolutePath().getParent();
    if (name.equals(MODEL)) {
      List<Path> sets = dataSets(folder);
      return sets.isEmpty()
          ? Stream.empty()
          : Stream.of(new RecordedModel(folder.getFileName().toString(), file, sets));
    }
    String stem = name.replaceFirst("\\.onnx$", "");
    Path output = folder.resolve(stem + LIGHT_OUTPUT);
    return name.endsWith(".onnx") && Files.isRegularFile(output)
        ? Stream.of(new RecordedModel(stem, file, List.of(output)))
        : Stream.empty();
  }

  private static List<Path> dataSets(Path folder) {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside
          .filter(path -> path.getFileName().toString().startsWith(DATA))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model's name: its folder's, or its file's where it has none of its own. */
  public String name() {
    return name;
  }

  /** Computes every recorded output anew and compares. */
  public Outcome verify(Backend backend) {
    try {
      for (Path set : dataSets) {
        String difference = Replay.of(model, set).difference(backend);
        if (!difference.isEmpty()) {
          return new Outcome(name, Status.FAILED, set.getFileName() + ": " + difference);
        }
      }
      return new Outcome(name, Status.PASSED, "");
    } catch (ImportException
        | ShapeException
        | OpenSizeException
        | GraphException
        | MemoryException e) {
      return new Outcome(name, Status.UNSUPPORTED, reason(e));
    } catch (IOException | UncheckedIOException e) {
      return new Outcome(name, Status.FAILED, "cannot be read: " + e.getMessage());
    } catch (RuntimeException e) {
      return new Outcome(name, Status.FAILED, e.toString());
    }
  }

  private String reason(RuntimeException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.replaceFirst("^.*" + MODEL.replace(".", "\\.") + ": ", "");
  }
}
