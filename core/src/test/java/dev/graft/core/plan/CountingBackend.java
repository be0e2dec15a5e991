package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.Kernel;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * A backend that counts what it is asked to allocate, and that has as much memory as the test says.
 * What the backend it stands in for allocates within its own kernels does not count.
 */
public final class CountingBackend implements InvocationHandler {

  private final Backend backend;
  private final Backend proxy;
  public long elements;
  public long limit = Long.MAX_VALUE;

  /** Elements after which an allocation fails, whatever was said to be free. */
  long room = Long.MAX_VALUE;

  /** Whether products keep a copy of their weights, as a backend's own kernels do. */
  boolean packsProducts;

  int largestPiece = Integer.MAX_VALUE - 15;

  public CountingBackend(Backend backend) {
    this.backend = backend;
    this.proxy =
        (Backend)
            Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, this);
  }

  public Backend proxy() {
    return proxy;
  }

  @Override
  public Object invoke(Object self, Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "availableBytes":
        return limit - elements * backend.elementBytes();
      case "maxAllocation":
        return largestPiece;
      case "readOnly":
        // Not counted: memory that is there already.
        return method.invoke(backend, arguments);
      case "prepare":
        // The default body: a kernel that allocates from here.
        Object kernel = InvocationHandler.invokeDefault(self, method, arguments);
        return packsProducts && arguments[0] instanceof GemmGeometry g
            ? new CopyingKernel(proxy, (Kernel) kernel, g.k() * g.n())
            : kernel;
      default:
        break;
    }
    if (method.getName().equals("allocate") && elements + (int) arguments[0] > room) {
      throw new OutOfMemoryError("as large as the heap seemed");
    }
    try {
      Object result = method.invoke(backend, arguments);
      if (result instanceof Buffer fresh) {
        elements += fresh.length();
      }
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
