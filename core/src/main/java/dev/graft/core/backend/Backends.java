package dev.graft.core.backend;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.backend.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/** Finds backends by name: the two of core, and those that modules on the path provide. */
public final class Backends {

  /** Stands for the best backend that works here. */
  public static final String AUTO = "auto";

  private static final System.Logger LOG = System.getLogger(Backends.class.getName());

  /** What has been said: an application that opens many sessions does not want it each time. */
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private Backends() {}

  /** A backend of core: always there. */
  private record BuiltIn(String name, int priority, String reason, IntFunction<Backend> opener)
      implements BackendProvider {
    @Override
    public Availability availability() {
      return new Availability(true, reason);
    }

    @Override
    public Backend open(int threads) {
      return opener.apply(threads);
    }
  }

  private static final List<BackendProvider> BUILT_IN =
      List.of(
          new BuiltIn(
              "java", 10, "plain Java, vectorised by the JIT; always there", JavaBackend::new),
          new BuiltIn(
              "reference",
              0,
              "the specification in double precision; slow, for checks",
              threads -> new ReferenceBackend()));

  /**
   * One known backend.
   *
   * @param name to open it by
   * @param available whether it works here
   * @param reason why, or why not and what to do
   * @param chosenByAuto whether {@link #AUTO} takes it
   */
  public record Description(String name, boolean available, String reason, boolean chosenByAuto) {}

  /** All known backends, the ones {@link #AUTO} prefers first. */
  public static List<Description> list() {
    List<Description> descriptions = new ArrayList<>();
    boolean chosen = false;
    for (BackendProvider provider : providers()) {
      BackendProvider.Availability a = provider.availability();
      boolean first = !chosen && provider.forAuto().available();
      chosen |= first;
      descriptions.add(new Description(provider.name(), a.available(), a.reason(), first));
    }
    return descriptions;
  }

  /**
   * Opens a backend. Where {@link #AUTO} passes over one that would work if the JVM were started
   * otherwise, or one that turns out not to work, or finds none beside those of core, it logs a
   * warning with the reason and the remedy, once in a process.
   *
   * @param name one of {@link #list()}, or {@link #AUTO}
   * @param threads bound on the threads that work on one kernel, at least 1
   * @throws BackendException if there is no backend of that name, or it does not work here
   */
  public static Backend byName(String name, int threads) {
    List<BackendProvider> providers = providers();
    if (name.equals(AUTO)) {
      return best(providers, threads);
    }
    for (BackendProvider provider : providers) {
      if (name.equals(provider.name())) {
        // Only now: to find out may take long, and the others were not asked for.
        BackendProvider.Availability a = provider.availability();
        if (!a.available()) {
          throw new BackendException("backend " + name + " does not work here: " + a.reason());
        }
        return open(provider, a, threads);
      }
    }
    List<String> names = providers.stream().map(BackendProvider::name).toList();
    throw new BackendException(
        "unknown backend " + name + "; known are auto, " + String.join(", ", names));
  }

  private static Backend best(List<BackendProvider> providers, int threads) {
    if (providers.size() == BUILT_IN.size()) {
      warnOnce(BackendLookup.NOTHING_PROVIDED);
    }
    for (BackendProvider provider : providers) {
      BackendProvider.Availability a = provider.forAuto();
      if (a.available()) {
        try {
          return open(provider, a, threads);
        } catch (BackendException e) {
          // Found only in the attempt: a driver that cannot build the kernels, a device in use.
          a = new BackendProvider.Availability(false, e.getMessage(), true);
        }
      }
      passOver(provider.name(), a);
    }
    throw new IllegalStateException("the backends of core are always there");
  }

  private static Backend open(
      BackendProvider provider, BackendProvider.Availability a, int threads) {
    LOG.log(System.Logger.Level.DEBUG, "backend {0}: {1}", provider.name(), a.reason());
    return provider.open(threads);
  }

  /** Warns of what can be helped: the next backend computes the same, only slower. */
  private static void passOver(String name, BackendProvider.Availability a) {
    String message = "backend " + name + " passed over: " + a.reason();
    if (a.fixable()) {
      warnOnce(message);
    } else {
      LOG.log(System.Logger.Level.DEBUG, message);
    }
  }

  static void warnOnce(String message) {
    if (SAID.add(message)) {
      LOG.log(System.Logger.Level.WARNING, message);
    }
  }

  private static List<BackendProvider> providers() {
    List<BackendProvider> providers = new ArrayList<>(BUILT_IN);
    providers.addAll(BackendLookup.provided());
    providers.sort(Comparator.comparingInt(BackendProvider::priority).reversed());
    return providers;
  }
}
