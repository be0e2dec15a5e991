package dev.graft.importers;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;

/**
 * Text out of files, which may hold anything, made fit to be printed or written as a line: names of
 * nodes, labels, metadata. A terminal takes no commands from it, and a line stays one.
 */
public final class PlainText {

  private static final int LONGEST = 2000;

  /**
   * Control characters, escapes among them, the separators of Unicode, and marks that turn the
   * direction of text or cannot be seen. Joiners stay: Persian and Hindi are written with them.
   */
  private static final Pattern HARMFUL =
      Pattern.compile(
          "[\\p{Cc}\\p{Zl}\\p{Zp}\\x{061C}\\x{200B}\\x{200E}\\x{200F}\\x{202A}-\\x{202E}"
              + "\\x{2060}-\\x{206F}\\x{FEFF}\\x{FFF9}-\\x{FFFB}\\x{E0000}-\\x{E007F}]+");

  private PlainText() {}

  /** A name or a label with a space where there was something harmful. */
  public static String of(String text) {
    return HARMFUL.matcher(text).replaceAll(" ");
  }

  /** The same for a message, cut where it goes on for ever. */
  public static String line(String message) {
    return of(message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message);
  }

  /** What went wrong with a file, without the file's name that most such messages are. */
  static String of(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "access is denied";
    }
    if (e instanceof FileAlreadyExistsException exists) {
      return exists.getFile() + " is a file, not a folder";
    }
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return reason == null ? e.getClass().getSimpleName() : reason;
  }
}
