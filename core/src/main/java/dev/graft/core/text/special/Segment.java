package dev.graft.core.text.special;

import java.util.Arrays;

/**
 * Some tokens in a row, with their types.
 *
 * @param ids the tokens
 * @param typeIds as many
 */
public record Segment(int[] ids, int[] typeIds) {

  /** Tokens of one type. */
  public static Segment of(int[] ids, int type) {
    int[] types = new int[ids.length];
    Arrays.fill(types, type);
    return new Segment(ids, types);
  }

  /** The same tokens with another type. */
  public Segment withType(int type) {
    return of(ids, type);
  }

  /** This and another behind it. */
  public Segment then(Segment next) {
    return new Segment(joined(ids, next.ids), joined(typeIds, next.typeIds));
  }

  private static int[] joined(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** Number of tokens. */
  public int length() {
    return ids.length;
  }

  /**
   * The first tokens, or the last.
   *
   * @param length how many stay
   * @param fromLeft whether those at the beginning go
   */
  public Segment truncated(int length, boolean fromLeft) {
    if (length >= ids.length) {
      return this;
    }
    int from = fromLeft ? ids.length - length : 0;
    return new Segment(
        Arrays.copyOfRange(ids, from, from + length),
        Arrays.copyOfRange(typeIds, from, from + length));
  }
}
