package dev.graft.cli.option;

import java.util.function.Supplier;

/** What was asked for makes no sense; the message says why and what to do. */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }

  /**
   * What is made of the values of options: where one is out of range, it is the user's, while
   * anywhere else an {@link IllegalArgumentException} is a fault of Graft's.
   *
   * @throws UsageException with the words of the one who refused a value
   */
  public static <T> T ofOptions(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }
}
