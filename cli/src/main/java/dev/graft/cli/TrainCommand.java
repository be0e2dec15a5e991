package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.RecipeName;
import dev.graft.cli.option.TextOptions;
import dev.graft.cli.option.TrainingOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.run.Adapters;
import dev.graft.cli.run.RunInputs;
import dev.graft.cli.run.TrainingRun;
import dev.graft.core.data.Labelled;
import dev.graft.core.data.Split;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.PartialImport;
import dev.graft.core.transfer.surgery.Surgery;
import dev.graft.importers.PlainText;
import dev.graft.importers.WeightsReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft train}: fine-tunes a model on pictures or texts. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = "Fine-tune a model on pictures or texts and export it.")
final class TrainCommand implements Callable<Integer> {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "the model to start from (ONNX, Keras)")
  private Path model;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "start from the weights of another file, ONNX, Keras or safetensors, wherever a name and a"
              + " shape agree; what was not found is told")
  private @Nullable Path weights;

  @Option(
      names = "--recipe",
      converter = RecipeName.class,
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "auto: the head, then everything if that pays, each choice with its reason; head: the head"
              + " alone, on frozen features; staged: the head until it stops improving, then"
              + " everything; gradual: then block by block from the top; surgical: then everything,"
              + " layers with large gradients fastest; full: everything from the start; scratch: from"
              + " random weights (default: auto)")
  private Recipe recipe;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "10",
      description =
          "with --recipe auto, the time that training everything may take, as a number of epochs"
              + " (default: 10)")
  private double minutes;

  @Option(
      names = "--input-channels",
      paramLabel = "N",
      description =
          "adapt the layers that read the picture: 1 for gray ones adds up what there is for colours,"
              + " 3 for colours repeats what there is for gray (default: as the model is)")
  private @Nullable Integer channels;

  @Option(
      names = "--lora",
      paramLabel = "RANK",
      description =
          "beside the head, train low-rank adapters of this rank in place of the layers before it; they"
              + " are merged into the model, and kept alone in RUN/adapters.safetensors, which"
              + " --weights starts from")
  private @Nullable Integer rank;

  @Mixin private TrainingOptions options;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    RunInputs inputs = new RunInputs().model("--model", model).data("--data", options.data());
    boolean texts = options.text().areMeant(options.data());
    if (weights != null) {
      inputs.model("--weights", weights);
    }
    inputs.expectApartFrom(options.out());
    Model read =
        options
            .head()
            .marked(
                texts
                    ? ofTexts()
                    : adapted(
                        ModelFiles.read(
                            model, options.preprocess(), options.input(), "--preprocess")));
    Adapters adapters = rank == null ? null : Adapters.of(read, rank, recipe, options);
    Model start = imported(adapters == null ? read : adapters.model());
    if (!(minutes > 0)) {
      throw new UsageException("--minutes must be above 0, found " + minutes);
    }
    boolean chooses = recipe.equals(Recipe.AUTO);
    Split<? extends Labelled> data =
        texts
            ? options.texts().split(options.fraction(), options.seed())
            : chooses
                ? options.parts().splitToChoose(options.fraction(), options.seed())
                : options.parts().split(options.fraction(), options.seed());
    ObjectNode report = new ObjectMapper().createObjectNode();
    report.put("command", "train");
    report.put("model", model.toString());
    report.put("recipe", recipe.name());
    if (rank != null) {
      report.put("lora", rank);
    }
    int code =
        new TrainingRun(options, compute)
            .run(
                recipe,
                start,
                data,
                report,
                given -> {
                  Settings settings = given.minutes(minutes);
                  return adapters == null
                      ? FineTune.run(start, data, settings)
                      : adapters.train(start, data, settings);
                });
    if (adapters != null && code == 0) {
      adapters.write(options.out());
    }
    return code;
  }

  /** The model for texts, which gets a head behind its output where it has none of its own. */
  private Model ofTexts() {
    options.expectNoPictures();
    if (channels != null) {
      throw new UsageException("--input-channels is for pictures; leave it out");
    }
    Model read = options.text().model(model, options.input());
    if (read.metadata().labels().isEmpty()) {
      options.head().appendByDefault();
    }
    TextOptions.tellTruncated(read, options.texts());
    return read;
  }

  /** The model for pictures of --input-channels. */
  private Model adapted(Model read) {
    Preprocessing preprocessing = read.metadata().preprocessing();
    if (channels == null || preprocessing == null) {
      return read;
    }
    int count = channels;
    Preprocessing other = UsageException.ofOptions(() -> preprocessing.withChannels(count));
    if (other.equals(preprocessing)) {
      return read;
    }
    Model adapted = Surgery.inputChannels(read, count);
    return adapted.with(adapted.metadata().withPreprocessing(other));
  }

  /** The model with the weights of --weights, where they fit. */
  private Model imported(Model read) {
    Path file = weights;
    if (file == null) {
      return read;
    }
    PartialImport imported = PartialImport.of(read, WeightsReader.read(file));
    System.err.println("note: " + PlainText.line(file + ": " + imported.summary()));
    imported.kept().forEach(line -> System.err.println("note: kept " + PlainText.line(line)));
    if (imported.loaded().isEmpty()) {
      throw new UsageException(
          "--weights " + file + ": no tensor has the name and the shape of one of the model's");
    }
    return imported.model();
  }
}
