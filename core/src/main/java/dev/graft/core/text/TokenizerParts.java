package dev.graft.core.text;

import dev.graft.core.text.normalize.Normalizer;
import dev.graft.core.text.special.AddedToken;
import dev.graft.core.text.special.PostProcessor;
import dev.graft.core.text.special.Template;
import dev.graft.core.text.special.Truncation;
import dev.graft.core.text.split.PreTokenizer;
import dev.graft.core.text.subword.SubwordModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Tokenizer} is made of.
 *
 * @param normalizer changes the text
 * @param preTokenizer cuts it
 * @param model gives ids
 * @param postProcessor puts special tokens around them
 * @param added tokens looked for before all else
 * @param truncation how long an encoding may be; null for any length
 * @param padding what fills up a batch
 */
public record TokenizerParts(
    Normalizer normalizer,
    PreTokenizer preTokenizer,
    SubwordModel model,
    PostProcessor postProcessor,
    List<AddedToken> added,
    @Nullable Truncation truncation,
    Padding padding) {

  public TokenizerParts {
    added = List.copyOf(added);
  }

  /** Nothing but a model: no change, one piece, no special tokens, any length. */
  public static TokenizerParts of(SubwordModel model) {
    return new TokenizerParts(
        text -> text, List::of, model, Template.NONE, List.of(), null, new Padding(0, 0));
  }

  /** The same with another bound. */
  public TokenizerParts withTruncation(@Nullable Truncation truncation) {
    return new TokenizerParts(
        normalizer, preTokenizer, model, postProcessor, added, truncation, padding);
  }
}
