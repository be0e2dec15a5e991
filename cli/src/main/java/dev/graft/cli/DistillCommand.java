package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.InputOptions;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.RecipeName;
import dev.graft.cli.option.TextOptions;
import dev.graft.cli.option.TrainingOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.run.RunInputs;
import dev.graft.cli.run.TrainingRun;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.JoinedPictures;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.data.picture.UnlabelledFolder;
import dev.graft.core.graph.Model;
import dev.graft.core.train.loss.Decoupled;
import dev.graft.core.train.loss.Likeness;
import dev.graft.core.train.loss.SoftTargets;
import dev.graft.core.train.loss.StandardizedLogits;
import dev.graft.core.transfer.Distill;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.Surgery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft distill}: trains a student to mimic a teacher. */
@Command(
    name = "distill",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description =
        "Train a student to mimic a teacher that knows the same classes. Both are model files of any"
            + " architecture.")
final class DistillCommand implements Callable<Integer> {

  /** Shares of the teacher's width. */
  private static final Map<String, Double> WIDTHS = Map.of("half", 0.5, "quarter", 0.25);

  /** Weight of the classes that are not the true one, as the paper has it for CIFAR. */
  private static final double NON_TARGET = 8;

  @Option(
      names = "--teacher",
      required = true,
      paramLabel = "T",
      description = "a model tuned on this data; may be repeated, their logits are averaged")
  private List<Path> teachers;

  @Option(
      names = "--student",
      required = true,
      paramLabel = "S",
      description =
          "a model to train; or half or quarter: the first teacher's architecture at that width, with"
              + " new weights")
  private String student;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = "soft",
      description =
          "soft: the teacher's softened outputs (Hinton et al., 2015); standardised: the same of"
              + " standardised logits (Sun et al., 2024); dkd: the true class and the others apart"
              + " (Zhao et al., 2022) (default: soft)")
  private String method;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "how much the outputs are softened (default: 4; of standardised ones 2)")
  private @Nullable Double givenTemperature;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "0.9",
      description = "weight of the teacher; 0 means labels alone (default: 0.9)")
  private double alpha;

  @Option(
      names = "--unlabelled",
      paramLabel = "DIR",
      description = "further pictures without labels, for the teacher to judge")
  private @Nullable Path unlabelled;

  @Option(
      names = "--labelled",
      paramLabel = "N",
      description = "keep the labels of N training pictures, the same share of each class")
  private @Nullable Integer labelled;

  @Option(
      names = "--teacher-preprocess",
      paramLabel = "NAME",
      description = "as --preprocess, which is the student's (default: auto)")
  private @Nullable String teacherPreprocess;

  @Option(
      names = "--teacher-size",
      paramLabel = "N|HxW",
      description = "as --size, which is the student's")
  private @Nullable String teacherSize;

  @Option(
      names = "--teacher-use-output",
      paramLabel = "NAME",
      description = "as --use-output, which is the student's")
  private @Nullable String teacherOutput;

  @Option(
      names = "--recipe",
      converter = RecipeName.class,
      paramLabel = "NAME",
      description =
          "how the student is trained, as --recipe of 'train' (default: full; scratch for half and"
              + " quarter)")
  private @Nullable Recipe givenRecipe;

  @Mixin private TrainingOptions options;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    TextOptions.expectPictures(options.data());
    double temperature =
        givenTemperature != null ? givenTemperature : method.equals("standardised") ? 2 : 4;
    Likeness likeness = likeness(temperature);
    Double width = WIDTHS.get(student);
    Recipe recipe =
        givenRecipe != null ? givenRecipe : width == null ? Recipe.FULL : Recipe.SCRATCH;
    if (!(temperature > 0) || !(alpha >= 0 && alpha <= 1)) {
      throw new UsageException(
          "--temperature must be above 0 and --alpha in [0, 1], found "
              + temperature
              + " and "
              + alpha);
    }
    RunInputs inputs = new RunInputs().data("--data", options.data());
    if (width == null) {
      inputs.model("--student", Path.of(student));
    }
    teachers.forEach(teacher -> inputs.model("--teacher", teacher));
    if (unlabelled != null) {
      inputs.data("--unlabelled", unlabelled);
    }
    inputs.expectApartFrom(options.out());
    InputOptions input = new InputOptions("--teacher-", teacherSize, teacherOutput);
    List<Model> teaching =
        teachers.stream()
            .map(file -> ModelFiles.read(file, teacherPreprocess, input, "--teacher-preprocess"))
            .toList();
    Model learning =
        options.head().marked(width == null ? read() : narrowed(teaching.get(0), width));
    Split<Pictures> data = data();
    ObjectNode report = new ObjectMapper().createObjectNode();
    report.put("command", "distill");
    ArrayNode names = report.putArray("teachers");
    teachers.forEach(file -> names.add(file.toString()));
    report.put("student", student);
    report.put("recipe", recipe.name());
    report.put("method", method);
    report.put("temperature", temperature);
    report.put("alpha", alpha);
    return new TrainingRun(options, compute)
        .run(
            recipe,
            learning,
            data,
            report,
            settings -> Distill.run(teaching, learning, data, likeness, alpha, settings));
  }

  private Likeness likeness(double temperature) {
    return switch (method) {
      case "soft" -> new SoftTargets(temperature);
      case "standardised" -> new StandardizedLogits(temperature);
      case "dkd" -> new Decoupled(temperature, NON_TARGET);
      default ->
          throw new UsageException(
              "unknown method " + method + "; known are soft, standardised, dkd");
    };
  }

  private Model read() {
    return ModelFiles.read(Path.of(student), options.preprocess(), options.input(), "--preprocess");
  }

  /** Sees pictures as its teacher does, unless --preprocess says otherwise. */
  private Model narrowed(Model teacher, double width) {
    Model narrow = Surgery.narrowed(teacher, width, options.seed());
    return options.preprocess() == null
        ? narrow
        : ModelFiles.preprocessed(narrow, options.preprocess(), options.input());
  }

  private Split<Pictures> data() {
    Split<Pictures> split = options.parts().split(options.fraction(), options.seed());
    Pictures training = split.training();
    List<String> notes = new ArrayList<>(split.notes());
    if (labelled != null) {
      training = DataFolders.keepLabels(training, labelled, options.seed());
    }
    if (unlabelled != null) {
      UnlabelledFolder further = UnlabelledFolder.of(unlabelled, training.classes());
      training = new JoinedPictures(training, further);
      further.notes().forEach(note -> notes.add(note + " (of --unlabelled)"));
    }
    return new Split<>(training, split.validation(), split.test(), notes);
  }
}
