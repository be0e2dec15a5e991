package dev.graft.importers.text;

import dev.graft.core.data.text.LabelledText;
import dev.graft.core.data.text.Texts;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Texts in {@code .txt} files, one each, in a folder for every class. */
public final class TextFolder {

  /** A longer file is a book, of which a network reads the first page. */
  private static final long LONGEST = 16 << 20;

  private TextFolder() {}

  /**
   * Reads all texts.
   *
   * @throws ImportException if a file cannot be read, is too long, or is not in UTF-8
   */
  public static Texts read(Path folder) {
    List<LabelledText> texts = new ArrayList<>();
    for (Path named : sorted(folder)) {
      if (Files.isDirectory(named)) {
        for (Path file : sorted(named)) {
          if (isText(file)) {
            String place = named.getFileName() + "/" + file.getFileName();
            texts.add(new LabelledText(text(file), named.getFileName().toString(), place));
          }
        }
      }
    }
    if (texts.isEmpty()) {
      throw new ImportException(
          folder + ": expected a folder of .txt files for each class, found none");
    }
    return Texts.of(texts);
  }

  /** Whether a folder holds class folders with texts. */
  public static boolean isOne(Path folder) {
    return sorted(folder).stream()
        .filter(Files::isDirectory)
        .anyMatch(named -> sorted(named).stream().anyMatch(TextFolder::isText));
  }

  private static boolean isText(Path file) {
    return Files.isRegularFile(file) && file.getFileName().toString().endsWith(".txt");
  }

  private static List<Path> sorted(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw ImportException.unreadable(folder, e);
    }
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new ImportException(
            file + ": expected a text of at most " + LONGEST + " bytes, found " + Files.size(file));
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ImportException(file + ": expected text in UTF-8, found other bytes", e);
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    }
  }
}
