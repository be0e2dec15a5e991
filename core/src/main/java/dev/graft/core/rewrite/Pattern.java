package dev.graft.core.rewrite;

import dev.graft.core.graph.Node;
import org.jspecify.annotations.Nullable;

/** A way to write one operation with several simpler ones, as exporters do that lack it. */
interface Pattern {

  /**
   * The one node for those that end with {@code last}, under its name and with its output.
   *
   * @return null where they do not compute that, up to rounding, or others read what is between
   */
  @Nullable Node match(Terms terms, Node last);
}
