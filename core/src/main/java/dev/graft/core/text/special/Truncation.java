package dev.graft.core.text.special;

import dev.graft.core.text.TextException;

/**
 * How long a text may be.
 *
 * @param maxLength tokens, those that a post-processor adds included
 * @param strategy which text of a pair gives way
 * @param fromLeft whether the beginning goes, not the end
 */
public record Truncation(int maxLength, Strategy strategy, boolean fromLeft) {

  /** Which text of a pair gives way. */
  public enum Strategy {
    /** The longer one until both are as long, then both. */
    LONGEST_FIRST,
    /** The first alone. */
    ONLY_FIRST,
    /** The second alone. */
    ONLY_SECOND
  }

  /** Cuts the longer text off at its end. */
  public static Truncation of(int maxLength) {
    return new Truncation(maxLength, Strategy.LONGEST_FIRST, false);
  }

  /** The same with another length. */
  public Truncation withMaxLength(int length) {
    return new Truncation(length, strategy, fromLeft);
  }

  /** Room that is left beside {@code added} tokens. */
  private int room(int added) {
    if (maxLength < added) {
      throw new TextException(
          "truncation to "
              + maxLength
              + " tokens leaves no room for the "
              + added
              + " that the tokenizer adds; allow more");
    }
    return maxLength - added;
  }

  /** One text, with room for {@code added} more tokens. */
  public Segment apply(Segment text, int added) {
    return text.truncated(room(added), fromLeft);
  }

  /**
   * A pair, with room for {@code added} more tokens.
   *
   * @return two segments
   */
  public Segment[] apply(Segment first, Segment second, int added) {
    int room = room(added);
    int excess = first.length() + second.length() - room;
    if (excess <= 0) {
      return new Segment[] {first, second};
    }
    return switch (strategy) {
      case LONGEST_FIRST -> longestFirst(first, second, room);
      case ONLY_FIRST -> new Segment[] {shortened(first, excess), second};
      case ONLY_SECOND -> new Segment[] {first, shortened(second, excess)};
    };
  }

  private Segment[] longestFirst(Segment first, Segment second, int room) {
    int shorter = Math.min(first.length(), second.length());
    int longer = Math.max(shorter, room - shorter);
    if (shorter + longer > room) {
      shorter = room / 2;
      longer = room - shorter;
    }
    boolean swapped = first.length() > second.length();
    return new Segment[] {
      first.truncated(swapped ? longer : shorter, fromLeft),
      second.truncated(swapped ? shorter : longer, fromLeft)
    };
  }

  private Segment shortened(Segment text, int excess) {
    if (excess >= text.length()) {
      throw new TextException(
          "truncation "
              + strategy
              + " to "
              + maxLength
              + " tokens: the other text alone is too long; cut off the longest first");
    }
    return text.truncated(text.length() - excess, fromLeft);
  }
}
