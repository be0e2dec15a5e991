package dev.graft.importers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an import made of a file.
 *
 * @param format such as {@code ONNX, opset 13}
 * @param operators how many of each operator became a node
 * @param warnings what may change what the model means, one line each: every command that uses the
 *     model should tell it
 * @param notes what was changed on the way and means the same: folded, un-tied, converted, one line
 *     each
 * @param ignored what was in the file and is not in the model, one line each
 */
public record ImportReport(
    String format,
    Map<String, Integer> operators,
    List<String> warnings,
    List<String> notes,
    List<String> ignored) {

  public ImportReport {
    format = PlainText.of(format);
    operators = Collections.unmodifiableMap(new TreeMap<>(operators));
    warnings = lines(warnings);
    notes = lines(notes);
    ignored = lines(ignored);
  }

  /** Lines quote names out of the file. */
  private static List<String> lines(List<String> lines) {
    return lines.stream().map(PlainText::line).toList();
  }

  /** The same report with further notes. */
  ImportReport withNotes(List<String> more) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(more);
    return new ImportReport(format, operators, warnings, all, ignored);
  }

  /** Several lines for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(format);
    text.append("\nmapped: ");
    operators.forEach(
        (type, count) -> text.append(count).append(' ').append(PlainText.of(type)).append("  "));
    warnings.forEach(warning -> text.append("\nwarning: ").append(warning));
    notes.forEach(note -> text.append("\nnote: ").append(note));
    ignored.forEach(what -> text.append("\nignored: ").append(what));
    return text.toString();
  }
}
