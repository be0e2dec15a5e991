package dev.graft.tests.backend;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/**
 * The backends that the contract is tested on: all that {@link Backends} lists as available, or
 * only {@code -Dgraft.contract.backend=NAME}.
 */
final class ContractBackends {

  /** More than one, so that parallel loops are cut; what a small machine has. */
  private static final int THREADS = 2;

  private ContractBackends() {}

  /** Whether the suite must not pass without OpenCL, as where PoCL has been installed for it. */
  private static final boolean REQUIRES_OPENCL =
      Boolean.parseBoolean(System.getenv("GRAFT_REQUIRE_OPENCL"));

  /**
   * A backend that was asked for is not looked for among others: finding out loads their drivers.
   */
  static Stream<String> names() {
    String only = System.getProperty("graft.contract.backend");
    if (only != null) {
      return Stream.of(only);
    }
    if (REQUIRES_OPENCL) {
      Backends.list().stream()
          .filter(d -> d.name().equals("opencl") && !d.available())
          .forEach(
              d -> {
                throw new AssertionError("GRAFT_REQUIRE_OPENCL is set, but " + d.reason());
              });
    }
    return Backends.list().stream()
        .filter(Backends.Description::available)
        .map(Backends.Description::name);
  }

  /** Opened one after the other; JUnit closes each behind its test. */
  static Stream<Named<Backend>> open() {
    return names().map(name -> Named.of(name, Backends.byName(name, THREADS)));
  }
}
