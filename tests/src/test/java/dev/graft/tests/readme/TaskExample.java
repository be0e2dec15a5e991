package dev.graft.tests.readme;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.graph.Model;
import dev.graft.core.train.Accumulate;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.ClipNorm;
import dev.graft.core.train.RunState;
import dev.graft.core.train.task.Regression;
import dev.graft.core.train.task.Task;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.importers.safetensors.SafetensorsCheckpointStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The README's example of a task that is not about pictures, in a run that can be stopped. */
final class TaskExample {

  private TaskExample() {}

  static Tuned run(Model network, Split<Dataset> data, Path run) {
    // README begins
    Task task = new Regression(List.of("height", "width"));
    CheckpointStore store = new SafetensorsCheckpointStore(run.resolve("checkpoints"));
    Settings settings =
        Settings.of(Recipe.FULL, 20)
            .rate(0.1)
            .checkpoints(store)
            .transform(new Accumulate(2))
            .transform(new ClipNorm(1));
    Optional<RunState> stopped = store.load(CheckpointStore.RUN).map(RunState::of);
    Tuned tuned = FineTune.run(network, task, data, stopped.map(settings::resume).orElse(settings));
    // README ends
    return tuned;
  }
}
