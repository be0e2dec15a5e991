package dev.graft.core.rewrite;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes one operation of several that compute it, where an exporter had none: a Gelu, a HardSwish,
 * a Mish, a LayerNormalization, an Attention. It runs in one pass over memory, keeps one value for
 * backward, and what scales a normalisation is found to be a parameter.
 *
 * <p>What is equal only where nothing overflows stays as it is ({@code log(1 + exp(x))} is no
 * Softplus beyond 88), and so does {@code x sigmoid(x)}: ONNX has a Swish only from opset 24 on,
 * which a file of such a network would then ask for.
 */
public final class RecognizePatterns implements Rewrite {

  private static final List<Pattern> PATTERNS =
      Stream.concat(
              Stream.of(GatePattern.values()),
              Stream.of(new LayerNormalizationPattern(), new AttentionPattern()))
          .toList();

  @Override
  public Rewritten apply(Model model) {
    // Every pattern has a product; most networks for pictures have none.
    if (model.graph().nodes().stream().noneMatch(RecognizePatterns::isProduct)) {
      return Rewritten.unchanged(model);
    }
    GraphEdit graph = new GraphEdit(model);
    Terms terms = new Terms(graph);
    Map<String, Integer> found = new TreeMap<>();
    // From the end: what ends with a bias comes before the same without one.
    List<Node> nodes = new ArrayList<>(model.graph().nodes());
    Collections.reverse(nodes);
    for (Node candidate : nodes) {
      Node node = graph.node(candidate.name());
      Node one = node == null ? null : matched(terms, node);
      if (one != null) {
        graph.replaceAlone(one);
        found.merge(one.op().type(), 1, Integer::sum);
      }
    }
    if (found.isEmpty()) {
      return Rewritten.unchanged(model);
    }
    StringBuilder note = new StringBuilder("recognised:");
    found.forEach((type, count) -> note.append(' ').append(count).append(' ').append(type));
    return new Rewritten(graph.finish(), List.of(note.toString()));
  }

  private static boolean isProduct(Node node) {
    return node.op() instanceof Mul || node.op() instanceof Div;
  }

  private static @Nullable Node matched(Terms terms, Node node) {
    for (Pattern pattern : PATTERNS) {
      Node one = pattern.match(terms, node);
      if (one != null) {
        return one;
      }
    }
    return null;
  }
}
