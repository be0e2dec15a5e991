package dev.graft.core.session;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import org.jspecify.annotations.Nullable;

/**
 * The backend of all sessions that were given none: opened with the first, closed with the last. A
 * backend for each would have each its own threads, as many as there are processors.
 */
final class SharedBackend {

  private static @Nullable Backend shared;
  private static int users;

  private SharedBackend() {}

  /** The best backend there is, with all processors. */
  static synchronized Backend take() {
    Backend backend = shared;
    if (backend == null) {
      backend = Backends.byName(Backends.AUTO, Runtime.getRuntime().availableProcessors());
      shared = backend;
    }
    users++;
    return backend;
  }

  /** Ends one use of it. */
  static synchronized void release() {
    users--;
    if (users == 0 && shared != null) {
      shared.close();
      shared = null;
    }
  }
}
