package dev.graft.cli.option;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Names of classes from a text file, one a line in the order of a model's outputs. A byte-order
 * mark, line ends of any system, space around a name and blank lines at the end do not count.
 *
 * @param file where they come from
 * @param names at least one, none of them blank
 */
public record LabelFile(Path file, List<String> names) {

  /** No list of names is longer; a model named by mistake is. */
  private static final int MAX_BYTES = 64 << 20;

  public LabelFile {
    names = List.copyOf(names);
  }

  /**
   * Reads a file.
   *
   * @throws ImportException if it cannot be read, is no text, is JSON or the like, is empty, or has
   *     a blank line between others
   */
  public static LabelFile read(Path file) {
    String text = text(file);
    if (isLiteral(text)) {
      throw new ImportException(
          file
              + ": is JSON or a Python literal; expected a text file with one label a line, in the"
              + " order of the outputs");
    }
    List<String> names = new ArrayList<>(text.lines().map(String::strip).toList());
    while (!names.isEmpty() && names.get(names.size() - 1).isEmpty()) {
      names.remove(names.size() - 1);
    }
    if (names.isEmpty()) {
      throw new ImportException(file + ": is empty; expected one label a line");
    }
    int blank = names.indexOf("");
    if (blank >= 0) {
      throw new ImportException(
          file
              + ": line "
              + (blank + 1)
              + " of "
              + names.size()
              + " is blank; expected one label a line, as each line names an output");
    }
    return new LabelFile(file, names);
  }

  private static String text(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      String found =
          Files.isDirectory(file) ? "it is a folder" : "there is no such file, or no access";
      throw new ImportException(file + ": cannot be read: " + found, e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new ImportException(file + ": has more than 64 MiB; expected one label a line");
    }
    Charset charset = charset(bytes);
    try {
      String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.indexOf('\0') < 0) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
      }
    } catch (CharacterCodingException e) {
      throw new ImportException(
          file + ": is no text in UTF-8; expected one label a line; save it as UTF-8", e);
    }
    throw new ImportException(file + ": is no text file; expected one label a line");
  }

  /** By the byte-order mark: what a redirection in Windows PowerShell writes is UTF-16. */
  private static Charset charset(byte[] bytes) {
    int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF;
    return mark == 0xFEFF
        ? StandardCharsets.UTF_16BE
        : mark == 0xFFFE ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
  }

  /** JSON, or what Python prints of a dict: its lines look as if they were labels. */
  private static boolean isLiteral(String text) {
    String stripped = text.strip();
    if (stripped.startsWith("{") && stripped.endsWith("}")) {
      return true;
    }
    try {
      return new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .readTree(text)
          .isContainerNode();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /**
   * The names, if there are as many as outputs, or two for one, which tells two classes apart.
   *
   * @throws ImportException with both counts if not
   */
  public List<String> forOutputs(int outputs) {
    if (OutputMeaning.fit(names.size(), outputs)) {
      return names;
    }
    String remedy =
        outputs == 1
            ? ", or two, of which the output is the probability of the second"
            : names.size() + 1 == outputs
                ? "; networks made with TensorFlow have a class in front that stands for none of the"
                    + " others: if this is one, put a line \"background\" before the first"
                : names.size() == outputs + 1
                    ? "; remove the first line if it is a heading, or a class \"background\" that this"
                        + " model does not have"
                    : "";
    throw new ImportException(
        file
            + ": has "
            + names.size()
            + (names.size() == 1 ? " label" : " labels")
            + ", the model has "
            + outputs
            + (outputs == 1 ? " output" : " outputs")
            + "; expected one label a line for each output, in their order"
            + remedy);
  }

  /** Names that stand for more than one output, such as the two cranes of ImageNet. */
  public static Collection<String> repeated(List<String> names) {
    Set<String> seen = new LinkedHashSet<>();
    Set<String> repeated = new LinkedHashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        repeated.add(name);
      }
    }
    return repeated;
  }
}
