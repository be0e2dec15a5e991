package dev.graft.importers;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;

/** Messages quote names out of files that may hold anything; a message is one line all the same. */
final class PlainText {

  private static final int LONGEST = 2000;

  /** Control characters, marks that turn the direction of text, and the separators of Unicode. */
  private static final Pattern BREAKS = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

  private PlainText() {}

  /** The message without line breaks and control characters, cut where it goes on for ever. */
  static String of(String message) {
    String cut = message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
    return BREAKS.matcher(cut).replaceAll(" ");
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
