package dev.graft.importers.text;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.graft.core.data.text.LabelledText;
import dev.graft.core.data.text.Texts;
import dev.graft.importers.ImportException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Texts with classes in a CSV file (RFC 4180, in UTF-8, the first line names the columns): those of
 * the columns {@code text} and {@code label} or {@code category}, the first two where none is named
 * so.
 */
public final class TextTable {

  private static final List<String> TEXT = List.of("text");
  private static final List<String> LABEL = List.of("label", "category");

  private TextTable() {}

  /**
   * Reads a table.
   *
   * @throws ImportException if it is no such table; the message names the line and the column
   */
  public static Texts read(Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
        CsvReader<CsvRecord> records =
            // Rows are checked here, so that the message names the column.
            CsvReader.builder()
                .allowMissingFields(true)
                .allowExtraFields(true)
                .ofCsvRecord(reader)) {
      return Texts.of(rows(file, records.iterator()));
    } catch (CsvParseException e) {
      throw new ImportException(file + ": no valid CSV: " + e.getMessage(), e);
    } catch (CharacterCodingException e) {
      throw new ImportException(file + ": expected text in UTF-8, found other bytes", e);
    } catch (UncheckedIOException e) {
      boolean isCoding = e.getCause() instanceof CharacterCodingException;
      throw isCoding
          ? new ImportException(file + ": expected text in UTF-8, found other bytes", e)
          : ImportException.unreadable(file, e.getCause());
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    }
  }

  private static List<LabelledText> rows(Path file, Iterator<CsvRecord> records) {
    if (!records.hasNext()) {
      throw new ImportException(
          file + ": expected a line with the names of columns, found nothing");
    }
    List<String> names = names(records.next());
    if (names.size() < 2) {
      throw new ImportException(
          file
              + ": expected the columns text and label, separated by a comma, found "
              + String.join(", ", names));
    }
    int text = column(names, TEXT);
    int label = column(names, LABEL);
    if (text < 0 || label < 0) {
      text = 0;
      label = 1;
    }
    List<LabelledText> rows = new ArrayList<>();
    while (records.hasNext()) {
      CsvRecord row = records.next();
      String place = file.getFileName() + " line " + row.getStartingLineNumber();
      String wanted = field(file, names, row, label);
      if (wanted.isBlank()) {
        throw new ImportException(
            where(file, row)
                + "expected a class in the column "
                + names.get(label)
                + ", found none");
      }
      rows.add(new LabelledText(field(file, names, row, text), wanted, place));
    }
    return rows;
  }

  /** Small letters, and without the mark that some programs put before the first. */
  private static List<String> names(CsvRecord header) {
    return header.getFields().stream()
        .map(name -> name.replace("\uFEFF", "").strip().toLowerCase(Locale.ROOT))
        .toList();
  }

  private static int column(List<String> names, List<String> wanted) {
    return wanted.stream().mapToInt(names::indexOf).filter(i -> i >= 0).findFirst().orElse(-1);
  }

  private static String field(Path file, List<String> names, CsvRecord row, int column) {
    if (column >= row.getFieldCount()) {
      throw new ImportException(
          where(file, row)
              + "expected the column "
              + names.get(column)
              + ", number "
              + (column + 1)
              + ", found "
              + row.getFieldCount()
              + (row.getFieldCount() == 1 ? " column" : " columns"));
    }
    return row.getField(column);
  }

  private static String where(Path file, CsvRecord row) {
    return file + " line " + row.getStartingLineNumber() + ": ";
  }
}
