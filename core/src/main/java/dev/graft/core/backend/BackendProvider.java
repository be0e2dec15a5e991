package dev.graft.core.backend;

/**
 * Announces a backend to {@link Backends}. Implementations are found through {@link
 * java.util.ServiceLoader}.
 */
public interface BackendProvider {

  /** The backend's name, such as {@code simd}. */
  String name();

  /**
   * {@code auto} takes the backend with the highest priority that is {@link #forAuto} available.
   */
  int priority();

  /** Whether it works here, and one line for people that says why, or why not and what to do. */
  Availability availability();

  /**
   * Whether {@code auto} may take it, and one line that says why, or why not: where it works but is
   * no gain, the answer is no. Asked whenever nobody named a backend, so a no must cost next to
   * nothing; {@link #availability} may take its time.
   */
  default Availability forAuto() {
    return availability();
  }

  /**
   * Opens it.
   *
   * @param threads bound on the threads that work on one kernel, at least 1
   * @throws BackendException if it is not available
   */
  Backend open(int threads);

  /**
   * Whether a backend works here.
   *
   * @param available whether {@link #open} can succeed
   * @param reason one line for people
   * @param fixable where it is not available, whether another way to start the JVM would help;
   *     {@code auto} says so when it passes the backend over
   */
  record Availability(boolean available, String reason, boolean fixable) {

    /** Nothing that whoever starts the JVM could change. */
    public Availability(boolean available, String reason) {
      this(available, reason, false);
    }
  }
}
