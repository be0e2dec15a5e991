package dev.graft.core.text.subword;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens and their ids. */
public final class Vocabulary {

  private final Map<String, Integer> ids;
  private final int size;

  /**
   * @param ids by token, none below 0
   */
  public Vocabulary(Map<String, Integer> ids) {
    this.ids = new HashMap<>(ids);
    this.size = 1 + ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
  }

  /** The id of a token; null if there is none. */
  public @Nullable Integer id(String token) {
    return ids.get(token);
  }

  /** The largest id and 1. */
  public int size() {
    return size;
  }

  /** All tokens with their ids. */
  Map<String, Integer> all() {
    return ids;
  }
}
