package dev.graft.importers.use;

import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Preprocessing.Layout;
import dev.graft.core.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How pictures become the input of a model that leaves it open. What is written counts first: in
 * its file, in the files that its tools leave beside it, in the shift and scale that it begins
 * with. Then what is known of its family, by its name.
 */
public final class AutoPreprocessing {

  private AutoPreprocessing() {}

  /**
   * What was chosen.
   *
   * @param preprocessing in the layout of the model's input
   * @param name one of {@link Preprocessing#NAMES}, or where it is written
   * @param why in a few words; empty where the model's file says it
   */
  public record Choice(Preprocessing preprocessing, String name, String why) {}

  /**
   * The preprocessing of a model.
   *
   * @param file it was read from
   * @param named makes one of {@link Preprocessing#NAMES} for the model
   * @return nothing where neither a file nor a name tells
   * @throws dev.graft.importers.ImportException if a file beside it is damaged
   */
  public static Optional<Choice> of(Model model, Path file, Function<String, Preprocessing> named) {
    Preprocessing own = model.metadata().preprocessing();
    if (own != null) {
      return Optional.of(new Choice(own, "the model's own", ""));
    }
    FilesBeside.Found<Preprocessing> beside = new FilesBeside(file).preprocessing();
    if (beside != null && fits(beside.said(), model.graph().input())) {
      return Optional.of(
          new Choice(
              sized(beside.said(), model.graph().input()),
              beside.file().getFileName().toString(),
              "it lies beside the model"));
    }
    String remaining = ScalingInModel.remaining(model);
    if (remaining != null) {
      return Optional.of(
          new Choice(named.apply(remaining), remaining, "the model itself scales what it is fed"));
    }
    KnownFamilies.Told told = KnownFamilies.of(model, file.getFileName().toString());
    return told == null
        ? Optional.empty()
        : Optional.of(
            new Choice(
                named.apply(told.mode()),
                told.mode(),
                "networks named like " + told.name() + " were trained so"));
  }

  /**
   * The classes of a model, as a file beside it names them.
   *
   * @param names in the order of the output
   */
  public record Labels(List<String> names, Path file) {}

  /**
   * The classes of a model that has none itself, if a file beside it names as many as it has
   * outputs.
   *
   * @param file it was read from
   * @throws dev.graft.importers.ImportException if a file beside it is damaged
   */
  public static Optional<Labels> labels(Model model, Path file) {
    if (!model.metadata().labels().isEmpty()) {
      return Optional.empty();
    }
    FilesBeside.Found<List<String>> found = new FilesBeside(file).labels();
    return found != null && OutputMeaning.fit(found.said().size(), model.graph().outputSize())
        ? Optional.of(new Labels(found.said(), found.file()))
        : Optional.empty();
  }

  private static boolean fits(Preprocessing said, InputSpec input) {
    Shape shape = input.shape();
    return shape.rank() == 4
        && shape.dim(Layout.of(input).channelAxis()).is(said.channels().count());
  }

  /** Of the size that the model's input has, which was chosen when it was exported. */
  private static Preprocessing sized(Preprocessing said, InputSpec input) {
    Layout layout = Layout.of(input);
    Shape size = input.shape().axes(layout.heightAxis(), layout.heightAxis() + 2);
    Preprocessing laid = said.withLayout(layout);
    return size.isOpen() ? laid : laid.withSize(size.size(0), size.size(1));
  }
}
