package dev.graft.core.text;

import java.util.Arrays;

/**
 * A text, or a pair of texts, as a network takes it. The arrays are of one length and the caller's
 * to keep.
 *
 * @param ids rows of the network's embedding ({@code input_ids})
 * @param typeIds which text of a pair a token belongs to ({@code token_type_ids})
 * @param mask 1 for a token, 0 for padding ({@code attention_mask})
 * @param dropped how many tokens were cut off because the text is longer than allowed
 */
public record Encoding(int[] ids, int[] typeIds, int[] mask, int dropped) {

  /** Number of tokens, padding included. */
  public int length() {
    return ids.length;
  }

  /**
   * Fills up at the end; a longer encoding stays as it is.
   *
   * @param length tokens wanted
   * @param padding what to fill up with
   */
  public Encoding padded(int length, Padding padding) {
    int from = ids.length;
    if (length <= from) {
      return this;
    }
    int[] filled = Arrays.copyOf(ids, length);
    Arrays.fill(filled, from, length, padding.id());
    int[] types = Arrays.copyOf(typeIds, length);
    Arrays.fill(types, from, length, padding.typeId());
    return new Encoding(filled, types, Arrays.copyOf(mask, length), dropped);
  }
}
