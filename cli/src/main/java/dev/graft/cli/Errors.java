package dev.graft.cli;

import dev.graft.cli.option.UsageException;
import dev.graft.core.GraftException;
import dev.graft.core.backend.DeviceMemoryError;
import dev.graft.core.plan.MemoryException;
import dev.graft.importers.PlainText;
import java.util.List;

/** One clear line for whatever went wrong; a stack trace only where it was asked for. */
final class Errors {

  /** What is said for people in its own words; anything else is a fault of Graft's. */
  private static final List<Class<? extends Throwable>> EXPECTED =
      List.of(UsageException.class, GraftException.class);

  private Errors() {}

  static int report(Throwable e, boolean stackTrace) {
    System.err.println("error: " + line(e));
    if (stackTrace) {
      e.printStackTrace();
    }
    return 1;
  }

  private static String line(Throwable e) {
    String message = PlainText.line(String.valueOf(e.getMessage()));
    if (e instanceof DeviceMemoryError) {
      return message;
    }
    if (e instanceof OutOfMemoryError) {
      return "out of memory; lower --batch, or raise the heap with GRAFT_JAVA_OPTS=-Xmx8g";
    }
    if (e instanceof MemoryException memory && memory.isOnHeap()) {
      return message + "; GRAFT_JAVA_OPTS=-Xmx8g gives it more memory";
    }
    return EXPECTED.stream().anyMatch(type -> type.isInstance(e))
        ? message
        : "this is a fault of graft's: "
            + e.getClass().getSimpleName()
            + ": "
            + message
            + "; --stacktrace shows where";
  }
}
