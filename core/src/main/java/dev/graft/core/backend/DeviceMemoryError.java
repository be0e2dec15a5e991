package dev.graft.core.backend;

/**
 * A device's own memory has no room for a buffer; the message says what is taken and what helps.
 */
public final class DeviceMemoryError extends OutOfMemoryError {

  private static final long serialVersionUID = 1L;

  public DeviceMemoryError(String message) {
    super(message);
  }
}
