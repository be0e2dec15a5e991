package dev.graft.importers.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.RunState;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.average.AverageKind;
import dev.graft.core.transfer.recipe.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that dies at any moment, also while it writes a checkpoint, goes on to the same bits. */
class KilledRunTest {

  private static final int MOMENTS = 20;

  private static final Settings SETTINGS =
      Settings.of(Recipe.STAGED, 6)
          .rate(0.05)
          .batchSize(4)
          .threads(1)
          .averages(List.of(AverageKind.values()));

  @TempDir Path folder;

  /** Passes through everything, as a signal that cannot be caught would end everything. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static Tuned run(Settings settings) {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.tanh(g.linear("in", g.input("x", Shape.of(2)), 6));
    Model model = g.build(g.linear("head", x, 2));
    List<List<float[]>> items =
        IntStream.range(0, 22)
            .mapToObj(i -> List.of(new float[] {i % 5 - 2, i % 3 - 1}, new float[] {i * 7 % 2}))
            .toList();
    List<Dataset.Field> fields =
        List.of(new Dataset.Field("x", Shape.of(2)), new Dataset.Field(Loss.TARGET, Shape.SCALAR));
    Dataset data = new TensorDataset(fields, items, i -> "row " + i);
    return FineTune.tune(model, new CrossEntropy(0), new Split<>(data, data), settings);
  }

  /** Counts what happens, steps and checkpoints alike, and dies at one of them. */
  private static final class Mortal implements CheckpointStore {
    private final Path folder;
    private final CheckpointStore files;
    private final int last;
    private final double written;
    private int happened;
    boolean diedWriting;

    /**
     * @param last what happens there is the last
     * @param written the share of a checkpoint that is on the disk when it dies writing one
     */
    Mortal(Path folder, int last, double written) {
      this.folder = folder;
      this.files = new SafetensorsCheckpointStore(folder);
      this.last = last;
      this.written = written;
    }

    private boolean isLast() {
      return happened++ == last;
    }

    void happens() {
      if (isLast()) {
        throw new Killed();
      }
    }

    @Override
    public void start(Model model) {
      files.start(model);
    }

    @Override
    public void save(String name, Checkpoint checkpoint) {
      if (isLast()) {
        diedWriting = true;
        try {
          leavePart(name, checkpoint);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        throw new Killed();
      }
      files.save(name, checkpoint);
    }

    /** What lies there when a process dies between the first byte and the renaming. */
    private void leavePart(String name, Checkpoint checkpoint) throws IOException {
      Path elsewhere = Files.createTempDirectory(folder, "whole");
      new SafetensorsCheckpointStore(elsewhere).save(name, checkpoint);
      byte[] whole = Files.readAllBytes(elsewhere.resolve(name + ".safetensors"));
      Path part = folder.resolve("." + name + ".safetensors." + UUID.randomUUID());
      Files.write(part, Arrays.copyOf(whole, (int) (written * whole.length)));
    }

    @Override
    public Optional<Checkpoint> load(String name) {
      return files.load(name);
    }
  }

  @Test
  void killedAtAnyMoment_aRunGoesOnToTheSameBits() throws IOException {
    long seed = System.nanoTime();
    System.out.println("KilledRunTest: seed " + seed);
    Random random = new Random(seed);
    Mortal immortal = new Mortal(Files.createDirectory(folder.resolve("whole")), -1, 0);
    Tuned whole = run(with(immortal));
    int moments = immortal.happened;
    int diedWriting = 0;
    int resumed = 0;
    for (int i = 0; i < MOMENTS; i++) {
      Path place = Files.createDirectory(folder.resolve("run" + i));
      Mortal mortal = new Mortal(place, random.nextInt(moments), random.nextDouble());
      String when = "seed " + seed + ", killed at " + mortal.last + " of " + moments;
      boolean died = false;
      try {
        run(with(mortal));
      } catch (Killed e) {
        died = true;
      }
      assertThat(died).as(when).isTrue();
      diedWriting += mortal.diedWriting ? 1 : 0;
      Mortal again = new Mortal(place, -1, 0);
      Optional<CheckpointStore.Checkpoint> left = again.load(CheckpointStore.RUN);
      resumed += left.isPresent() ? 1 : 0;
      Settings settings = with(again);
      Tuned rest = run(left.isEmpty() ? settings : settings.resume(RunState.of(left.get())));
      assertThat(rest.best()).as(when).isEqualTo(whole.best());
      assertThat(rest.average()).as(when).isEqualTo(whole.average());
      assertThat(rest.epochs()).as(when).isEqualTo(whole.epochs());
      for (String name : whole.model().weights().names()) {
        assertThat(rest.model().weights().get(name).toArray())
            .as("%s: %s", when, name)
            .isEqualTo(whole.model().weights().get(name).toArray());
      }
      expectTheSame(place, folder.resolve("whole"), when);
    }
    // Of 20 moments, about a third are checkpoints, and few lie before the first epoch's end.
    assertThat(diedWriting).as("seed %d", seed).isPositive();
    assertThat(resumed).as("seed %d", seed).isPositive();
  }

  /** What a run leaves on the disk is the same too, to the byte. */
  private static void expectTheSame(Path place, Path whole, String when) throws IOException {
    for (String name : List.of(CheckpointStore.BEST, CheckpointStore.LAST)) {
      Path file = Path.of(name + ".safetensors");
      assertThat(Files.readAllBytes(place.resolve(file)))
          .as("%s: %s", when, name)
          .isEqualTo(Files.readAllBytes(whole.resolve(file)));
    }
  }

  private static Settings with(Mortal mortal) {
    return SETTINGS.checkpoints(mortal).listener(event -> mortal.happens());
  }
}
