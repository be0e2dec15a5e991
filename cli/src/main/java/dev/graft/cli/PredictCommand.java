package dev.graft.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.InputOptions;
import dev.graft.cli.option.LabelFile;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.UsageException;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.UnlabelledFolder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.Session;
import dev.graft.importers.ImportException;
import dev.graft.importers.PlainText;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft predict}: pictures to labels. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Classify pictures: the most probable labels, a line for each picture.",
      "A line is the file, then label and probability by turns, each behind a tab; a tab or line"
          + " break within a name is printed as a space. What cannot be read is told on standard"
          + " error, and the exit code is 1."
    })
final class PredictCommand implements Callable<Integer> {

  @Option(names = "--model", required = true, paramLabel = "M", description = "a model file")
  private Path model;

  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE|FOLDER",
      description = "pictures, or folders of them at any depth")
  private List<Path> images;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "names of the outputs in their order, one a line (default: the model's own, or those of"
              + " labels.txt beside it)")
  private @Nullable Path labels;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the input: imagenet, tf, caffe, unit, none, a JSON file, or"
              + " auto: as the model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Option(
      names = "--top",
      paramLabel = "K",
      defaultValue = "5",
      description = "how many labels (default: 5)")
  private int top;

  @Option(
      names = "--views",
      paramLabel = "NAME",
      defaultValue = "none",
      description =
          "look at each picture several times and take the mean: flip, at its mirror image too;"
              + " crop-flip, at seven random crops too, the same ones every time (default: none)")
  private String views;

  @Option(
      names = "--explain",
      paramLabel = "DIR",
      description =
          "write for each picture what the network received, and beside it where it saw the best"
              + " class (Grad-CAM), as PNG files in DIR")
  private @Nullable Path explain;

  @Option(names = "--json", description = "print a JSON array and nothing else")
  private boolean json;

  @Mixin private InputOptions input;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (top < 1) {
      throw new UsageException("--top must be at least 1, found " + top);
    }
    Augment augment = UsageException.ofOptions(() -> Augment.byName(views));
    Model read = labelled(ModelFiles.read(model, preprocess, input, "--preprocess"));
    List<Path> files = files();
    List<ObjectNode> nodes = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    try (Backend backend = compute.open();
        Session session = Session.of(read, backend);
        PicturesAhead pictures = new PicturesAhead(files, compute.threads())) {
      Explanations explanations = explain == null ? null : new Explanations(explain, read, backend);
      for (Path image : files) {
        try {
          BufferedImage picture = pictures.next();
          List<Prediction> ranked = session.predict(picture, augment);
          if (explanations != null) {
            explanations.write(image, picture, ranked);
          }
          List<Prediction> shown = ranked.subList(0, Math.min(top, ranked.size()));
          if (json) {
            nodes.add(node(image, shown));
          } else {
            System.out.println(line(image, shown));
          }
        } catch (UnreadableException e) {
          failed.add(image + " " + e.getMessage());
        }
      }
    }
    if (json) {
      System.out.println(JsonNodeFactory.instance.arrayNode().addAll(nodes).toPrettyString());
    }
    failed.forEach(failure -> System.err.println("error: " + PlainText.line(failure)));
    return failed.isEmpty() ? 0 : 1;
  }

  /**
   * The model with the labels asked for, those beside it where it has none, or none that are wrong.
   */
  private Model labelled(Model read) {
    int outputs = outputs(read);
    List<String> own = read.metadata().labels();
    if (labels != null) {
      own = LabelFile.read(labels).forOutputs(outputs);
      Collection<String> repeated = LabelFile.repeated(own);
      if (!repeated.isEmpty()) {
        note("labels that name more than one output: " + String.join(", ", repeated));
      }
    } else if (own.isEmpty()) {
      own = besideTheModel(outputs);
    } else if (!OutputMeaning.fit(own.size(), outputs)) {
      note(
          "the model's own "
              + own.size()
              + " labels do not fit its "
              + outputs
              + " outputs, which are shown by number; --labels FILE names them");
      own = List.of();
    }
    boolean isUnknown = OutputMeaning.of(read.graph()).equals(OutputMeaning.UNKNOWN);
    if (isUnknown && own.isEmpty() && outputs > 1) {
      note(
          "nothing says what the "
              + outputs
              + " outputs are: they are shown as the probabilities of classes, by a softmax; 'graft"
              + " run' gives the numbers as they are");
    }
    return read.with(read.metadata().withLabels(own));
  }

  private static int outputs(Model read) {
    return read.graph().outputSize();
  }

  private List<String> besideTheModel(int outputs) {
    Path beside = model.resolveSibling("labels.txt");
    if (!Files.isRegularFile(beside)) {
      return List.of();
    }
    try {
      List<String> found = LabelFile.read(beside).forOutputs(outputs);
      note("the model has no labels; those of " + beside + " are shown");
      return found;
    } catch (ImportException e) {
      note("outputs are shown by number, since " + e.getMessage());
      return List.of();
    }
  }

  /** On standard error: standard output holds results alone. */
  private static void note(String text) {
    System.err.println("note: " + text);
  }

  /** The pictures that were named, those of folders in the order of their paths. */
  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (Path image : images) {
      if (Files.isDirectory(image)) {
        UnlabelledFolder folder = UnlabelledFolder.of(image, List.of());
        folder.notes().forEach(PredictCommand::note);
        files.addAll(folder.files());
      } else {
        files.add(image);
      }
    }
    return files;
  }

  private static ObjectNode node(Path image, List<Prediction> shown) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("file", image.toString());
    ArrayNode predictions = node.putArray("predictions");
    for (Prediction p : shown) {
      predictions
          .addObject()
          .put("label", p.label())
          .put("index", p.index())
          .put(p.isNumber() ? "value" : "probability", p.value());
    }
    return node;
  }

  private static String shown(Prediction p) {
    return p.isNumber()
        ? String.format(Locale.ROOT, "%.6g", p.value())
        : String.format(Locale.ROOT, "%.1f%%", 100 * p.probability());
  }

  private static String line(Path image, List<Prediction> shown) {
    StringBuilder line = new StringBuilder(PlainText.of(image.toString()));
    for (Prediction p : shown) {
      line.append('\t').append(PlainText.of(p.label())).append('\t').append(shown(p));
    }
    return line.toString();
  }
}
