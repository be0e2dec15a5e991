package dev.graft.importers;

import dev.graft.core.GraftException;

/** A file that cannot be written; nothing is left under its name. */
public final class ExportException extends GraftException {

  private static final long serialVersionUID = 1L;

  public ExportException(String message) {
    super(PlainText.line(message));
  }

  public ExportException(String message, Throwable cause) {
    super(PlainText.line(message), cause);
  }
}
