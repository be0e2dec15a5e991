package dev.graft.cli.option;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Preprocessing.Layout;
import dev.graft.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What of a model is used where it leaves a choice: the size of pictures, and one of its outputs.
 */
public final class InputOptions {

  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(?:x(\\d{1,6}))?");

  @Option(
      names = "--size",
      paramLabel = "N|HxW",
      description =
          "pixels of a picture, for a model that takes any size (default: what the preprocessing"
              + " says; 224 for imagenet, tf and caffe)")
  private @Nullable String size;

  @Option(
      names = "--use-output",
      paramLabel = "NAME",
      description = "the output to use of a model that has several; the others are dropped")
  private @Nullable String output;

  /** What the names of the options begin with. */
  private final String prefix;

  /** Those of the command's own model. */
  public InputOptions() {
    this.prefix = "--";
  }

  /**
   * Those of another model, which the command reads itself.
   *
   * @param prefix such as {@code --teacher-}
   */
  public InputOptions(String prefix, @Nullable String size, @Nullable String output) {
    this.prefix = prefix;
    this.size = size;
    this.output = output;
  }

  /** The model with the output that was chosen alone; what is dropped is told. */
  Model oneOutput(Model model) {
    List<String> outputs = model.graph().outputs();
    if (output == null && outputs.size() > 1) {
      throw new UsageException(
          "the model has the outputs "
              + String.join(", ", outputs)
              + "; choose one with "
              + prefix
              + "use-output NAME");
    }
    return chosenOutput(model);
  }

  /** The model with the output that was chosen alone, or all of them where none was. */
  public Model chosenOutput(Model model) {
    List<String> outputs = model.graph().outputs();
    if (output == null) {
      return model;
    }
    if (!outputs.contains(output)) {
      throw new UsageException(
          "the model has no output " + output + "; it has " + String.join(", ", outputs));
    }
    List<String> dropped = outputs.stream().filter(name -> !name.equals(output)).toList();
    if (dropped.isEmpty()) {
      return model;
    }
    System.err.println("note: dropped the outputs " + String.join(", ", dropped));
    Metadata metadata = model.metadata();
    return new Model(
        model.graph().ending(List.of(output)), model.weights(), metadata.withHead(null));
  }

  /** A preprocessing by its name, of the size and layout of a model's input. */
  Preprocessing named(String name, Model model) {
    InputSpec input = model.graph().input();
    Shape shape = input.shape();
    Layout layout = Layout.of(input);
    if (shape.rank() != 4 || !shape.dim(layout.channelAxis()).isKnown()) {
      throw new UsageException(
          "the model's input "
              + input
              + " is not for pictures; expected [N,C,H,W] or [N,H,W,C] with 1 or 3 channels");
    }
    int axis = layout.heightAxis();
    int channels = shape.size(layout.channelAxis());
    int[] sides = size == null ? sides(name, input, shape.axes(axis, axis + 2)) : sides(size);
    int height = sides[0];
    int width = sides[1];
    return UsageException.ofOptions(
        () -> Preprocessing.named(name, channels, height, width).withLayout(layout));
  }

  /** Those of the input; for one that is open, what is usual with a preprocessing of this name. */
  private int[] sides(String name, InputSpec input, Shape shape) {
    if (shape.isOpen()) {
      int usual =
          Preprocessing.usualSize(name)
              .orElseThrow(
                  () ->
                      new UsageException(
                          "the model takes pictures of any size, "
                              + input
                              + "; say which with "
                              + prefix
                              + "size N or HxW"));
      System.err.println(
          "note: the model takes pictures of any size; "
              + usual
              + " pixels are usual with "
              + name
              + ", "
              + prefix
              + "size takes another");
      return shape.dims().stream().mapToInt(d -> d.isKnown() ? (int) d.known() : usual).toArray();
    }
    return shape.toArray();
  }

  /** The graph of a model for pictures of the size that was chosen, if one was. */
  public Graph sized(Graph graph) {
    if (size == null) {
      return graph;
    }
    InputSpec input = graph.input();
    int axis = Layout.of(input).heightAxis();
    int[] sides = sides(size);
    if (input.shape().rank() != 4) {
      throw new UsageException(prefix + "size is for pictures, the model's input is " + input);
    }
    Shape shape = input.shape().with(axis, sides[0]).with(axis + 1, sides[1]);
    return graph.withInputs(Map.of(input.name(), shape));
  }

  /** A preprocessing that says its own size, in the layout of a model's input. */
  Preprocessing fitted(Preprocessing preprocessing, Model model) {
    InputSpec input = model.graph().input();
    Preprocessing laid =
        input.shape().rank() == 4 ? preprocessing.withLayout(Layout.of(input)) : preprocessing;
    if (size == null) {
      return laid;
    }
    int[] sides = sides(size);
    return UsageException.ofOptions(() -> laid.withSize(sides[0], sides[1]));
  }

  private int[] sides(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches() || matcher.group(1).matches("0+")) {
      throw new UsageException(prefix + "size expects pixels, as 224 or 240x320, found " + size);
    }
    int height = Integer.parseInt(matcher.group(1));
    int width = matcher.group(2) == null ? height : Integer.parseInt(matcher.group(2));
    return new int[] {height, width};
  }
}
