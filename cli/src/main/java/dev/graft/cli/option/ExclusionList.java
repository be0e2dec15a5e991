package dev.graft.cli.option;

import dev.graft.core.insight.data.Album;
import dev.graft.core.insight.data.Copies;
import dev.graft.core.insight.data.DataReport;
import dev.graft.core.insight.data.Suspect;
import dev.graft.importers.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Pictures to leave out, as a table that people edit: {@code file,problem,label,suggested,
 * confidence} in comma-separated values (RFC 4180). Read back, only the column {@code file} counts.
 */
public final class ExclusionList {

  private static final String FILE = "file";
  private static final List<String> COLUMNS =
      List.of(FILE, "problem", "label", "suggested", "confidence");

  /** A name for each of ten million pictures. */
  private static final long MOST_BYTES = 1L << 30;

  /** The other columns of each file. */
  private final Map<String, List<String>> files = new LinkedHashMap<>();

  /** What is better left out of a data set: a file once, with the first reason. */
  public static ExclusionList of(DataReport report) {
    ExclusionList list = new ExclusionList();
    Album album = report.album();
    for (int picture : report.unreadable().keySet()) {
      list.add(album, picture, "unreadable", "", "");
    }
    Set<Copies> conflicts = new LinkedHashSet<>(report.conflicts());
    for (Copies copies : report.copies()) {
      if (conflicts.contains(copies)) {
        // Nobody knows which of the labels is right.
        copies.pictures().forEach(picture -> list.add(album, picture, "conflict", "", ""));
        continue;
      }
      // What is measured on stays as it is.
      int kept =
          copies.pictures().stream()
              .reduce((a, b) -> part(album, a) >= part(album, b) ? a : b)
              .get();
      copies.pictures().stream()
          .filter(picture -> picture != kept)
          .forEach(picture -> list.add(album, picture, "duplicate", "", ""));
    }
    for (Suspect suspect : report.suspects()) {
      list.add(
          album,
          suspect.picture(),
          "label",
          album.classes().get(suspect.suggested()),
          String.format(Locale.ROOT, "%.3f", suspect.confidence()));
    }
    return list;
  }

  private static int part(Album album, int picture) {
    return album.part(picture).ordinal();
  }

  private void add(Album album, int picture, String problem, String suggested, String confidence) {
    String label = album.label(picture) < 0 ? "" : album.classes().get(album.label(picture));
    files.putIfAbsent(album.name(picture), List.of(problem, label, suggested, confidence));
  }

  /**
   * Writes the table.
   *
   * @return how many files it names
   */
  public int write(Path file) {
    StringBuilder text = new StringBuilder(String.join(",", COLUMNS)).append("\r\n");
    files.forEach(
        (name, rest) ->
            text.append(quoted(name))
                .append(',')
                .append(rest.stream().map(ExclusionList::quoted).collect(Collectors.joining(",")))
                .append("\r\n"));
    AtomicFile.write(file, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    return files.size();
  }

  private static String quoted(String text) {
    boolean isPlain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return isPlain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /**
   * The files that a table names.
   *
   * @throws UsageException if it cannot be read, or has no column {@code file}
   */
  static Set<String> read(Path file) {
    String text;
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new UsageException(file + ": is larger than 1 GiB, and no list of files");
      }
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UsageException(
          file + ": cannot be read as UTF-8 text: " + e.getClass().getSimpleName());
    }
    List<List<String>> rows = Csv.rows(file, text);
    int column = rows.isEmpty() ? -1 : rows.get(0).indexOf(FILE);
    if (column < 0) {
      throw new UsageException(
          file
              + ": expected a first line with a column 'file', separated by commas, as 'graft data"
              + " --fix' writes it; found "
              + (rows.isEmpty() ? "nothing" : String.join(",", rows.get(0))));
    }
    Set<String> names = new LinkedHashSet<>();
    for (List<String> row : rows.subList(1, rows.size())) {
      if (column < row.size() && !row.get(column).isBlank()) {
        names.add(row.get(column));
      }
    }
    return names;
  }
}
