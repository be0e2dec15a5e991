package dev.graft.cli.option;

import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.surgery.HeadChoice;
import dev.graft.core.transfer.surgery.Surgery;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What becomes of a model's head. */
public final class HeadOptions {

  @Option(names = "--new-head", description = "replace the head even if the labels are the model's")
  private boolean newHead;

  @Option(
      names = "--keep-head",
      description = "keep the head of a model without labels; the class counts must agree")
  private boolean keepHead;

  @Option(
      names = "--append-head",
      description = "put a new head behind the output, for a model that ends in features")
  private boolean appendHead;

  @Option(
      names = "--head",
      paramLabel = "NODE",
      description =
          "the layer that a new head replaces (default: the last one; 'inspect' shows it)")
  private @Nullable String head;

  @Option(
      names = "--cut",
      paramLabel = "VALUE",
      description =
          "cut the network off there, as 'rank' suggests, and put a new head behind: the layers above"
              + " are dropped")
  private @Nullable String cut;

  private HeadChoice usual = HeadChoice.AUTO;

  /** Puts a new head behind the output unless another choice is made. */
  public void appendByDefault() {
    usual = HeadChoice.APPEND;
  }

  /** What becomes of the head. */
  public HeadChoice choice() {
    if (cut != null && (newHead || keepHead || head != null)) {
      throw new UsageException(
          "--cut drops the head; it goes with none of --new-head, --keep-head and --head");
    }
    if ((newHead ? 1 : 0) + (keepHead ? 1 : 0) + (appendHead ? 1 : 0) > 1) {
      throw new UsageException("--new-head, --keep-head and --append-head exclude each other");
    }
    if (head != null && (keepHead || appendHead)) {
      throw new UsageException(
          "--head names a layer to replace; it goes with neither --keep-head nor --append-head");
    }
    return appendHead || cut != null
        ? HeadChoice.APPEND
        : keepHead ? HeadChoice.KEEP : newHead || head != null ? HeadChoice.NEW : usual;
  }

  /** The model that is trained, cut off, or with the head that is asked for marked as such. */
  public Model marked(Model model) {
    if (cut != null) {
      return cut(model, cut);
    }
    return head == null ? model : model.with(model.metadata().withHead(headNode(model, head)));
  }

  private static Model cut(Model model, String value) {
    try {
      return Surgery.cut(model, value);
    } catch (GraphException e) {
      throw new UsageException(
          "--cut " + value + ": " + e.getMessage() + "; 'graft rank --json' lists where to cut");
    }
  }

  /** By the name of the node, of what it makes, or of a tensor that it reads. */
  private static String headNode(Model model, String name) {
    return model.graph().nodes().stream()
        .filter(
            node ->
                node.name().equals(name)
                    || node.outputs().contains(name)
                    || (node.inputs().contains(name) && model.graph().stored().containsKey(name)))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "--head "
                        + name
                        + ": the model has no node of that name; 'graft inspect' lists them"))
        .name();
  }
}
