package dev.graft.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.InputOptions;
import dev.graft.cli.option.LabelFile;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.TextOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.UnlabelledFolder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.Session;
import dev.graft.core.session.TextClassifier;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graft predict}: pictures or texts to labels. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Classify pictures or texts: the most probable labels, a line for each.",
      "A line is the file or the text, then label and probability by turns, each behind a tab; a tab or line"
          + " break within a name is printed as a space. What cannot be read is told on standard"
          + " error, and the exit code is 1."
    })
final class PredictCommand implements Callable<Integer> {

  @Option(names = "--model", required = true, paramLabel = "M", description = "a model file")
  private Path model;

  @Parameters(
      arity = "0..*",
      paramLabel = "IMAGE|FOLDER",
      description = "pictures, or folders of them at any depth")
  private List<String> images = List.of();

  @Spec private CommandSpec command;

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

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "a text in place of pictures; may be repeated")
  private List<String> texts = List.of();

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "texts in place of pictures, a line each, in UTF-8; - for standard input")
  private @Nullable Path lines;

  @Mixin private TextOptions text;

  @Mixin private InputOptions input;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (top < 1) {
      throw new UsageException("--top must be at least 1, found " + top);
    }
    if (!texts.isEmpty() || lines != null) {
      return ofTexts();
    }
    if (images.isEmpty()) {
      throw new UsageException("expected pictures or folders of them, --text TEXT or --input FILE");
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
            nodes.add(node("file", image.toString(), shown));
          } else {
            System.out.println(line(image.toString(), shown));
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

  private int ofTexts() {
    if (!images.isEmpty()
        || preprocess != null
        || explain != null
        || labels != null
        || !views.equals("none")) {
      throw new UsageException(
          "pictures, --preprocess, --labels, --views and --explain do not go with texts; leave them"
              + " out");
    }
    TextLines given = new TextLines(texts, lines);
    Model read = text.model(model, input);
    ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
    try (Backend backend = compute.open();
        Session session = Session.of(read, backend)) {
      TextClassifier classifier = new TextClassifier(session);
      given.inParts(
          part -> {
            List<List<Prediction>> predictions = classifier.predict(part);
            for (int i = 0; i < part.size(); i++) {
              List<Prediction> ranked = predictions.get(i);
              List<Prediction> shown = ranked.subList(0, Math.min(top, ranked.size()));
              if (json) {
                nodes.add(node("text", part.get(i), shown));
              } else {
                System.out.println(line(part.get(i), shown));
              }
            }
          });
      TextOptions.tellTruncated(read, classifier.truncated());
    }
    if (json) {
      System.out.println(nodes.toPrettyString());
    }
    return 0;
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
    for (String word : images) {
      if (word.isEmpty()) {
        throw new ParameterException(
            command.commandLine(), "expected a file or a folder, found an empty word");
      }
      Path image = Path.of(word);
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

  private static ObjectNode node(String key, String item, List<Prediction> shown) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(key, item);
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

  private static String line(String item, List<Prediction> shown) {
    StringBuilder line = new StringBuilder(PlainText.of(item));
    for (Prediction p : shown) {
      line.append('\t').append(PlainText.of(p.label())).append('\t').append(shown(p));
    }
    return line.toString();
  }
}
