package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.JoinedPictures;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.data.picture.UnlabelledFolder;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.Distill;
import dev.graft.core.transfer.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  @Option(
      names = "--teacher",
      required = true,
      paramLabel = "T",
      description = "a model tuned on this data; may be repeated, their logits are averaged")
  private List<Path> teachers;

  @Option(names = "--student", required = true, paramLabel = "S", description = "a model to train")
  private Path student;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = "soft",
      description = "soft: the teacher's softened outputs (Hinton et al., 2015) (default: soft)")
  private String method;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "4",
      description = "how much the outputs are softened (default: 4)")
  private double temperature;

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
      description = "as --preprocess, which is the student's (default: what the teacher says)")
  private @Nullable String teacherPreprocess;

  @Option(
      names = "--recipe",
      converter = RecipeName.class,
      paramLabel = "NAME",
      defaultValue = "full",
      description = "how the student is trained, as --recipe of 'train' (default: full)")
  private Recipe recipe;

  @Mixin private TrainingOptions options;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (!method.equals("soft")) {
      throw new UsageException("unknown method " + method + "; known is soft");
    }
    if (!(temperature > 0) || !(alpha >= 0 && alpha <= 1)) {
      throw new UsageException(
          "--temperature must be above 0 and --alpha in [0, 1], found "
              + temperature
              + " and "
              + alpha);
    }
    RunInputs inputs = new RunInputs().model("--student", student).data("--data", options.data());
    teachers.forEach(teacher -> inputs.model("--teacher", teacher));
    if (unlabelled != null) {
      inputs.data("--unlabelled", unlabelled);
    }
    inputs.expectApartFrom(options.out());
    List<Model> teaching =
        teachers.stream()
            .map(
                file ->
                    ModelFiles.read(
                        file, teacherPreprocess, new InputOptions(), "--teacher-preprocess"))
            .toList();
    Model learning =
        options.marked(
            ModelFiles.read(student, options.preprocess(), options.input(), "--preprocess"));
    Split<Pictures> data = data();
    ObjectNode report = new ObjectMapper().createObjectNode();
    report.put("command", "distill");
    ArrayNode names = report.putArray("teachers");
    teachers.forEach(file -> names.add(file.toString()));
    report.put("student", student.toString());
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
            settings -> Distill.run(teaching, learning, data, temperature, alpha, settings));
  }

  private Split<Pictures> data() {
    Split<Pictures> split = DataFolders.open(options.data(), options.fraction(), options.seed());
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
