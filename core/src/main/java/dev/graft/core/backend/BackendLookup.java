package dev.graft.core.backend;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.Spliterator;

/**
 * Finds the backends that other jars provide: with the loader of Graft's own classes, which in
 * plug-in hosts and servers is not that of the thread, and with the thread's, where an application
 * may have one of its own.
 */
final class BackendLookup {

  /** For people who expected a fast backend: what may be missing, on either path. */
  static final String NOTHING_PROVIDED =
      "backend java is taken, for no other is found: put graft-kernels beside graft-core and start java"
          + " with --add-modules jdk.incubator.vector"
          + (BackendLookup.class.getModule().isNamed() ? ",dev.graft.kernels" : "")
          + ", or ask for java by its name";

  private BackendLookup() {}

  /** One of each class, by whichever loader it is found. */
  static Collection<BackendProvider> provided() {
    Map<String, BackendProvider> found = new LinkedHashMap<>();
    for (ClassLoader loader : loaders()) {
      Spliterator<ServiceLoader.Provider<BackendProvider>> services =
          ServiceLoader.load(BackendProvider.class, loader).stream().spliterator();
      boolean more = true;
      while (more) {
        try {
          more =
              services.tryAdvance(
                  service -> found.computeIfAbsent(service.type().getName(), n -> service.get()));
        } catch (ServiceConfigurationError | LinkageError e) {
          // One compiled for a newer JVM, for a module this one was started without, or for another
          // copy of Graft must not take the others down with it. The next step goes on behind it.
          Backends.warnOnce("a backend cannot be loaded: " + e.getMessage());
        }
      }
    }
    return found.values();
  }

  private static Set<ClassLoader> loaders() {
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    loaders.add(BackendLookup.class.getClassLoader());
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    if (ofThread != null) {
      loaders.add(ofThread);
    }
    return loaders;
  }
}
