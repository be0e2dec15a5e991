package dev.graft.tests.text;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Cast;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.Attention;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.text.Tokenizer;
import dev.graft.importers.text.TokenizerReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An encoder of one attention over few words, with random weights. */
final class SmallEncoder {

  static final int FEATURES = 16;

  private static final List<String> WORDS =
      List.of(
          "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "card", "is", "lost", "my", "where");

  private SmallEncoder() {}

  static String vocabulary() {
    return String.join("\n", WORDS) + "\n";
  }

  static Tokenizer tokenizer() {
    return TokenizerReader.read(vocabulary().getBytes(StandardCharsets.UTF_8));
  }

  static Model model() {
    GraphBuilder g = new GraphBuilder(5);
    Shape length = Shape.ofSizes(Size.open("length", ""));
    String ids = g.input(InputSpec.batched("input_ids", ElementType.INT64, length));
    String mask = g.input(InputSpec.batched("attention_mask", ElementType.INT64, length));
    String x = g.embedding("words", ids, WORDS.size(), FEATURES);
    String one = g.weight("one", Tensor.of(Shape.SCALAR, 1));
    String far = g.weight("far", Tensor.of(Shape.SCALAR, -10_000));
    String apart = g.op(new Unsqueeze(List.of(1, 2)), g.op(new Cast(), mask));
    String hidden = g.op(new Mul(), g.op(new Sub(), one, apart), far);
    return g.build(g.op(new Attention(2, 0.35), x, x, x, hidden));
  }
}
