package dev.graft.core.data.text;

import dev.graft.core.data.DataException;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.TextPreprocessing;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.tensor.Shape;
import dev.graft.core.text.Tokenizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which of a network's inputs takes what of a text; told by their names.
 *
 * @param ids takes the token ids, {@code [N,L]}
 * @param mask takes 1 for a token and 0 for filling; null where the network wants none
 * @param types takes which text of a pair a token belongs to; null where the network wants none
 * @param length of every text, in tokens; 0 where the network takes any
 */
public record TextInputs(String ids, @Nullable String mask, @Nullable String types, int length) {

  /**
   * The inputs of a network for texts.
   *
   * @throws DataException if it is none, an input of it is not known, or the tokenizer it carries
   *     is not its own
   */
  public static TextInputs of(Model model) {
    TextInputs inputs = of(model.graph());
    TextPreprocessing text = model.metadata().text();
    if (text != null) {
      inputs.check(model.graph(), text.tokenizer());
    }
    return inputs;
  }

  /**
   * The inputs of a network for texts.
   *
   * @throws DataException if it is none, or an input of it is not known
   */
  public static TextInputs of(Graph graph) {
    String ids = null;
    String mask = null;
    String types = null;
    int length = 0;
    for (InputSpec input : graph.inputs()) {
      String name = input.name().toLowerCase(Locale.ROOT);
      if (input.shape().rank() != 2) {
        throw new DataException(
            "input " + input.name() + " " + input + " takes no texts; expected tokens [N,L]");
      }
      if (input.shape().dim(1).isKnown()) {
        length = input.shape().size(1);
      }
      if (name.contains("mask")) {
        mask = input.name();
      } else if (name.contains("type") || name.contains("segment")) {
        types = input.name();
      } else if (ids == null && !name.contains("position")) {
        ids = input.name();
      } else {
        throw new DataException(
            "input "
                + input.name()
                + ": expected input_ids, attention_mask and token_type_ids; what this takes is not"
                + " known");
      }
    }
    if (ids == null) {
      throw new DataException("the model has no input for token ids; expected input_ids [N,L]");
    }
    return new TextInputs(ids, mask, types, length);
  }

  /**
   * Checks that every id of a tokenizer has a row in the network's embedding.
   *
   * @throws DataException if not
   */
  public void check(Graph graph, Tokenizer tokenizer) {
    Node embedding = embedding(graph);
    Shape table = embedding == null ? null : graph.stored().get(embedding.inputs().get(0));
    if (embedding != null && table != null && tokenizer.vocabularySize() > table.size(0)) {
      throw new DataException(
          "the tokenizer has "
              + tokenizer.vocabularySize()
              + " tokens, the model's embedding "
              + embedding.inputs().get(0)
              + " "
              + table
              + " rows for "
              + table.size(0)
              + "; give the tokenizer that the model was trained with");
    }
  }

  /** How many tokens the network's embedding has rows for; 0 where it cannot be told. */
  public int rows(Graph graph) {
    Node embedding = embedding(graph);
    return embedding == null ? 0 : graph.stored().get(embedding.inputs().get(0)).size(0);
  }

  private @Nullable Node embedding(Graph graph) {
    for (Node node : graph.consumers(ids)) {
      Shape table = node.op() instanceof Gather ? graph.stored().get(node.inputs().get(0)) : null;
      if (table != null && table.rank() == 2) {
        return node;
      }
    }
    return null;
  }
}
