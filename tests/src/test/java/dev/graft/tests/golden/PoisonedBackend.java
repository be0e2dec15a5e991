package dev.graft.tests.golden;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Buffer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.stream.Stream;

/**
 * A backend whose fresh memory holds NaN, so that an element that nobody wrote shows in the result.
 * Everything else is the backend it stands in for.
 */
final class PoisonedBackend {

  private PoisonedBackend() {}

  /** The names of all backends that work here. */
  static Stream<String> names() {
    return Backends.list().stream()
        .filter(Backends.Description::available)
        .map(Backends.Description::name);
  }

  static Backend byName(String name) {
    Backend backend = Backends.byName(name, 2);
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(backend, arguments);
                if (method.getName().equals("allocate")) {
                  Buffer fresh = (Buffer) result;
                  backend.fill(fresh.length(), Double.NaN, fresh);
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
