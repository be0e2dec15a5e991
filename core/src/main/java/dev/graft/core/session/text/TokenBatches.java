package dev.graft.core.session.text;

import dev.graft.core.text.Encoding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which texts run together: the longest first, those of about one length at a time, so that little
 * is padding, and in few sizes, so that few plans are compiled.
 */
final class TokenBatches {

  /** Tokens of a batch: more gain nothing, and their activations leave the cache. */
  private static final int TOKENS = 2048;

  private TokenBatches() {}

  /**
   * Texts that run together.
   *
   * @param length tokens of each, padding included
   * @param texts their positions in the list
   */
  record Batch(int length, List<Integer> texts) {}

  static List<Batch> of(List<Encoding> encodings) {
    List<Integer> order =
        IntStream.range(0, encodings.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -encodings.get(i).length()))
            .toList();
    List<Batch> batches = new ArrayList<>();
    int from = 0;
    while (from < order.size()) {
      int length = bucket(encodings.get(order.get(from)).length());
      int to = from;
      while (to < order.size() && bucket(encodings.get(order.get(to)).length()) == length) {
        to++;
      }
      while (from < to) {
        int most = Math.min(to - from, Math.max(1, TOKENS / length));
        int count = Integer.highestOneBit(most);
        batches.add(new Batch(length, order.subList(from, from + count)));
        from += count;
      }
    }
    return batches;
  }

  /** A length rounded up: to 4, from 32 on to an eighth of the power of two below it. */
  static int bucket(int length) {
    int step = Math.max(4, Integer.highestOneBit(Math.max(1, length - 1)) / 8);
    return (length + step - 1) / step * step;
  }
}
