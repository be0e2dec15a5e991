package dev.graft.importers.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.RunState;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that was stopped, and goes on from its file. */
class ResumeFromFileTest {

  private static final Settings SETTINGS =
      Settings.of(Recipe.FULL, 4).rate(0.02).batchSize(4).patience(2).optimizer(AdamW::new);

  @TempDir Path folder;

  private static Tuned run(Settings settings) {
    GraphBuilder g = new GraphBuilder(1);
    Model model =
        g.build(g.linear("head", g.tanh(g.linear("in", g.input("x", Shape.of(2)), 6)), 2));
    List<List<float[]>> items =
        IntStream.range(0, 22)
            .mapToObj(i -> List.of(new float[] {i % 5 - 2, i % 3 - 1}, new float[] {i * 7 % 2}))
            .toList();
    List<Dataset.Field> fields =
        List.of(new Dataset.Field("x", Shape.of(2)), new Dataset.Field(Loss.TARGET, Shape.SCALAR));
    Dataset data = new TensorDataset(fields, items, i -> "row " + i);
    return FineTune.tune(model, new CrossEntropy(0), new Split<>(data, data), settings);
  }

  @Test
  void aRunGoesOnFromItsFile_toTheSameBits() {
    Tuned whole = run(SETTINGS);
    Cancellation cancellation = new Cancellation();
    // Six steps an epoch: this is within the second.
    run(
        SETTINGS
            .cancellation(cancellation)
            .checkpoints(new SafetensorsCheckpointStore(folder))
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Progress progress && progress.done() == 9) {
                    cancellation.cancel();
                  }
                }));
    CheckpointStore files = new SafetensorsCheckpointStore(folder);
    RunState state = RunState.of(files.load(CheckpointStore.RUN).orElseThrow());
    assertThat(state.steps()).isEqualTo(9);
    Tuned rest = run(SETTINGS.resume(state));
    assertThat(rest.best()).isEqualTo(whole.best());
    for (String name : whole.model().weights().names()) {
      assertThat(rest.model().weights().get(name).toArray())
          .as(name)
          .isEqualTo(whole.model().weights().get(name).toArray());
    }
  }
}
