package dev.graft.importers;

import dev.graft.core.GraftException;
import java.io.IOException;

/** A file that cannot be read as what it should be; the message says where and what to do. */
public final class ImportException extends GraftException {

  private static final long serialVersionUID = 1L;

  public ImportException(String message) {
    super(PlainText.line(message));
  }

  public ImportException(String message, Throwable cause) {
    super(PlainText.line(message), cause);
  }

  /** A file that is not there, or that the system does not let us read. */
  public static ImportException unreadable(Object file, IOException e) {
    return new ImportException(file + ": cannot be read: " + PlainText.of(e), e);
  }
}
