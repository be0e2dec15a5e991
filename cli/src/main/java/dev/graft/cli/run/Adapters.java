package dev.graft.cli.run;

import dev.graft.cli.option.TrainingOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.core.data.Labelled;
import dev.graft.core.data.Split;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.Lora;
import dev.graft.importers.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The low-rank adapters of a run: trained, merged, and kept alone. */
public final class Adapters {

  private final Lora lora;
  private @Nullable Weights trained;

  private Adapters(Lora lora) {
    this.lora = lora;
  }

  /**
   * Adapters for a model.
   *
   * @throws UsageException if the recipe would train none of them, or lose what they stand beside
   */
  public static Adapters of(Model model, int rank, Recipe recipe, TrainingOptions options) {
    if (rank < 1) {
      throw new UsageException("--lora must be at least 1, found " + rank);
    }
    if (recipe.equals(Recipe.SCRATCH) || recipe.equals(Recipe.HEAD)) {
      throw new UsageException(
          "--lora and --recipe "
              + recipe.name()
              + " exclude each other: adapters stand beside pretrained layers and are trained");
    }
    return new Adapters(Lora.of(model, options.layers().mask(), rank, options.seed()));
  }

  /** The model with adapters. */
  public Model model() {
    return lora.model();
  }

  /** Trains them and the head; the result has none any more. */
  public Tuned train(Model start, Split<? extends Labelled> data, Settings settings) {
    Tuned tuned = FineTune.run(start, data, settings.freeze(lora.frozen()));
    trained = lora.adapters(tuned.model());
    return tuned.with(lora.merged(tuned.model()));
  }

  /** Keeps them beside the results of a run that has ended. */
  public void write(Path folder) {
    SafetensorsWriter.write(
        Objects.requireNonNull(trained), Map.of(), folder.resolve("adapters.safetensors"));
  }
}
