package dev.graft.core.backend;

/**
 * The sizes of scaled dot-product attention with several heads. Queries are {@code [batch, queries,
 * heads * width]}, keys {@code [batch, keys, heads * width]}, values {@code [batch, keys, heads *
 * valueWidth]}: the features of a head lie side by side.
 *
 * @param batch samples
 * @param heads into which features are cut
 * @param queries positions that ask
 * @param keys positions that are looked at
 * @param width features of a query and of a key in one head
 * @param valueWidth features of a value in one head
 * @param scale of the products
 */
public record AttentionGeometry(
    int batch, int heads, int queries, int keys, int width, int valueWidth, double scale) {

  /** The sizes of the probabilities. */
  public int[] scores() {
    return new int[] {batch, heads, queries, keys};
  }

  /** Number of probabilities. */
  public int scoreCount() {
    return batch * heads * queries * keys;
  }

  /** Multiply-adds of the two products. */
  public long multiplyAdds() {
    return (long) scoreCount() * (width + valueWidth);
  }
}
