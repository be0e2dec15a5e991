package dev.graft.cli.run;

import dev.graft.core.train.Cancellation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jline.utils.Signals;

/**
 * Ctrl-C and its kind while there is something to save: the first asks the run to end, and the
 * second ends the process at once.
 */
public final class StopSignals implements AutoCloseable {

  /** By their numbers everywhere; a process that one ended exits with 128 and that. */
  private static final Map<String, Integer> NUMBERS = Map.of("HUP", 1, "INT", 2, "TERM", 15);

  private static final int EXIT = 128;

  private final Cancellation cancellation;
  private final Consumer<String> told;
  private final AtomicInteger code = new AtomicInteger();
  private final Map<String, Object> before = new LinkedHashMap<>();

  /**
   * @param told is given a line for the user when the first comes
   */
  public StopSignals(Cancellation cancellation, Consumer<String> told) {
    this.cancellation = cancellation;
    this.told = told;
    NUMBERS.forEach(
        (name, number) -> {
          Object handler = Signals.register(name, () -> on(number));
          if (handler != null) {
            before.put(name, handler);
          }
        });
  }

  private void on(int number) {
    if (!code.compareAndSet(0, EXIT + number)) {
      Runtime.getRuntime().halt(EXIT + number);
    }
    cancellation.cancel();
    told.accept("stopping after this step, to save the best model so far; once more stops at once");
  }

  /** The exit code of what a signal ended; 0 if none came. */
  public int code() {
    return code.get();
  }

  /** Gives the signals back. */
  @Override
  public void close() {
    before.forEach(Signals::unregister);
  }
}
