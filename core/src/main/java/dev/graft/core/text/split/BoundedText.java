package dev.graft.core.text.split;

import dev.graft.core.text.TextException;

/**
 * A text that may be looked at so many times and no more: expressions such as {@code (a*)*b} try
 * more ways than anyone can wait for, and a tokenizer's file comes from strangers.
 */
final class BoundedText implements CharSequence {

  /** Looks that a tokenizer's own expressions do not come near. */
  private static final long LOOKS = 1_000_000;

  private static final long LOOKS_PER_CHARACTER = 1000;

  private final String text;
  private final String expression;
  private long left;

  BoundedText(String text, String expression) {
    this.text = text;
    this.expression = expression;
    this.left = LOOKS + LOOKS_PER_CHARACTER * text.length();
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw new TextException(
          "the pattern " + expression + " tries too many ways to match a text; simplify it");
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
