package dev.graft.core.text.subword;

import java.util.Arrays;
import java.util.Map;

/**
 * Tokens by their characters, from the first on. The edges of all nodes lie in one hash table with
 * open addressing, whose key is the node and the UTF-16 unit: three arrays for a vocabulary of any
 * size, where an object for each node would take a hundred megabytes for XLM-R's.
 */
public final class Trie {

  /** Where every token begins. */
  public static final int ROOT = 0;

  /** No node, or no token. */
  public static final int NONE = -1;

  private long[] keys = new long[64];
  private int[] targets = new int[64];
  private int[] values = new int[32];
  private int nodes = 1;

  /**
   * @param tokens with the values they have, none below 0
   */
  public Trie(Map<String, Integer> tokens) {
    Arrays.fill(keys, NONE);
    Arrays.fill(values, NONE);
    tokens.forEach(this::add);
  }

  private void add(String token, int value) {
    int node = ROOT;
    for (int i = 0; i < token.length(); i++) {
      int next = next(node, token.charAt(i));
      node = next == NONE ? grow(node, token.charAt(i)) : next;
    }
    values[node] = value;
  }

  private int grow(int node, char unit) {
    if (2 * nodes >= keys.length) {
      rehash();
    }
    if (nodes == values.length) {
      values = Arrays.copyOf(values, 2 * nodes);
      Arrays.fill(values, nodes, values.length, NONE);
    }
    int slot = slot(keys, key(node, unit));
    keys[slot] = key(node, unit);
    targets[slot] = nodes;
    return nodes++;
  }

  private void rehash() {
    long[] oldKeys = keys;
    int[] oldTargets = targets;
    keys = new long[2 * oldKeys.length];
    targets = new int[keys.length];
    Arrays.fill(keys, NONE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != NONE) {
        int slot = slot(keys, oldKeys[i]);
        keys[slot] = oldKeys[i];
        targets[slot] = oldTargets[i];
      }
    }
  }

  private static long key(int node, char unit) {
    return (long) node << Character.SIZE | unit;
  }

  /** Where a key lies, or would. */
  private static int slot(long[] keys, long key) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 33) & (keys.length - 1);
    while (keys[slot] != NONE && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  /** The node behind {@code node} and a UTF-16 unit; {@link #NONE} if no token goes on so. */
  public int next(int node, char unit) {
    int slot = slot(keys, key(node, unit));
    return keys[slot] == NONE ? NONE : targets[slot];
  }

  /** The node behind all of a text; {@link #NONE} if no token begins with it. */
  public int walk(String text) {
    int node = ROOT;
    for (int i = 0; i < text.length() && node != NONE; i++) {
      node = next(node, text.charAt(i));
    }
    return node;
  }

  /** The value of the token that ends at a node; {@link #NONE} if none does. */
  public int value(int node) {
    return values[node];
  }
}
