package dev.graft.bench.peers;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A peer that may not be there: what fails to load is said once, and left out from then on. */
final class Peer {

  private final String name;
  private boolean missing;

  Peer(String name) {
    this.name = name;
  }

  /** The contender, or null where the peer cannot be loaded. */
  @Nullable Contender ready(Supplier<Contender> maker) {
    if (missing) {
      return null;
    }
    try {
      return maker.get();
    } catch (RuntimeException | LinkageError e) {
      missing = true;
      System.err.println(name + " cannot be loaded, its rows are left out: " + e);
      return null;
    }
  }
}
