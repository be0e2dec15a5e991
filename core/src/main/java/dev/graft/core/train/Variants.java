package dev.graft.core.train;

import dev.graft.core.backend.Rng;

/**
 * Which variant of every item an epoch sees: a new one in each epoch, or so many in turn. Over the
 * first {@code count} epochs the two are the same.
 *
 * @param seed of the variants
 * @param count how many there are of an item, at least 1; 1 is the item as it is
 */
public record Variants(long seed, int count) {

  /** The number of the variant that an epoch sees, over all phases from 0. */
  public int turn(int epoch) {
    return epoch % count;
  }

  /**
   * {@code each picture}, or how many variants of it.
   *
   * @param noun what an item is called
   */
  public String perItem(String noun) {
    return count == 1 ? "each " + noun : "each of " + count + " variants of each " + noun;
  }

  /** What picks the variant of an item; 0 is the item as it is. */
  public long of(int turn, int item) {
    return count == 1 ? 0 : Rng.key(Rng.key(seed, 2, turn), item);
  }
}
