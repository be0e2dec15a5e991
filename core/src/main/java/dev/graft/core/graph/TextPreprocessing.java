package dev.graft.core.graph;

import dev.graft.core.text.Tokenizer;

/**
 * How a text becomes a model's input.
 *
 * @param tokenizer with the bound of a text's length that the model allows
 * @param definition the tokenizer as its file writes it, which goes into the model's own file
 */
public record TextPreprocessing(Tokenizer tokenizer, String definition) {

  /** The length of most encoders of texts, where neither tokenizer nor model says another. */
  public static final int USUAL_LENGTH = 512;

  /** A tokenizer that bounds no length gets the usual bound. */
  public TextPreprocessing {
    tokenizer =
        tokenizer.maxLength() == Integer.MAX_VALUE
            ? tokenizer.withMaxLength(USUAL_LENGTH)
            : tokenizer;
  }

  /** Two are the same if their definitions and bounds are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof TextPreprocessing text
        && definition.equals(text.definition)
        && tokenizer.maxLength() == text.tokenizer.maxLength();
  }

  @Override
  public int hashCode() {
    return definition.hashCode();
  }
}
