package dev.graft.cli.run;

import dev.graft.core.graph.Model;
import dev.graft.core.train.CheckpointStore;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import java.nio.file.Path;
import java.util.List;

/**
 * The model that the folder of a run holds: of the latest run, whether it came to its end, was
 * killed, or still works there.
 *
 * @param origin a line for people
 */
public record RunModel(Model model, String origin) {

  /**
   * Reads it.
   *
   * @throws ImportException if the folder holds none, or what it holds is damaged
   */
  public static RunModel of(Path folder) {
    for (RunResults results : List.of(RunFolder.next(folder), new RunResults(folder))) {
      if (results.areComplete()) {
        return new RunModel(ModelReader.read(results.model()), "the model of a finished run");
      }
      if (results.areUnfinished()) {
        return unfinished(results);
      }
    }
    throw new ImportException(
        folder
            + ": is a folder without a model: expected that of a run, with model.onnx, or with"
            + " checkpoints after its first epoch; give one, or a model file");
  }

  private static RunModel unfinished(RunResults results) {
    var store = results.checkpoints();
    String epoch =
        store.load(CheckpointStore.BEST).orElseThrow().notes().getOrDefault("epoch", "unknown");
    return new RunModel(
        store.model(CheckpointStore.BEST).orElseThrow(),
        "the best model of a run that has not finished, from epoch " + epoch);
  }
}
