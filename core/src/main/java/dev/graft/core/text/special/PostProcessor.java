package dev.graft.core.text.special;

/** Puts a network's own tokens around one text or two, such as {@code [CLS] … [SEP]}. */
public interface PostProcessor {

  /** The tokens of one text with what belongs around them. */
  Segment process(Segment text);

  /** The tokens of a pair with what belongs around and between them. */
  Segment process(Segment first, Segment second);

  /** How many tokens are added to one text, or to a pair. */
  int added(boolean pair);
}
