package dev.graft.cli.option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Comma-separated values (RFC 4180): fields may stand in quotes, and then hold anything. */
final class Csv {

  private static final char MARK = '\uFEFF';

  private Csv() {}

  /**
   * The rows of a table, without empty ones; a byte order mark is skipped.
   *
   * @param file for the message
   * @throws UsageException if a quote is not closed
   */
  static List<List<String>> rows(Path file, String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    int start = !text.isEmpty() && text.charAt(0) == MARK ? 1 : 0;
    for (int at = start; at <= text.length(); at++) {
      char c = at == text.length() ? '\n' : text.charAt(at);
      if (quoted) {
        if (at == text.length()) {
          throw new UsageException(file + ": row " + (rows.size() + 1) + ": a quote is not closed");
        }
        boolean isDoubled = c == '"' && at + 1 < text.length() && text.charAt(at + 1) == '"';
        if (c != '"' || isDoubled) {
          field.append(c);
        }
        at += isDoubled ? 1 : 0;
        quoted = c != '"' || isDoubled;
      } else if (c == '"') {
        quoted = true;
      } else if (c == ',' || c == '\n') {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          if (row.size() > 1 || !row.get(0).isEmpty()) {
            rows.add(row);
          }
          row = new ArrayList<>();
        }
      } else if (c != '\r') {
        field.append(c);
      }
    }
    return rows;
  }
}
