package dev.graft.cli;

import dev.graft.importers.ImportException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Texts of the command line and of a file, a line each.
 *
 * @param given on the command line
 * @param file null for none, {@code -} for standard input
 */
record TextLines(List<String> given, @Nullable Path file) {

  /** Texts that are held in memory at a time: enough for batches of one length. */
  private static final int PART = 1024;

  /**
   * Hands out all texts, some at a time.
   *
   * @throws ImportException if the file cannot be read
   */
  void inParts(Consumer<List<String>> work) {
    if (!given.isEmpty()) {
      work.accept(given);
    }
    Path source = file;
    if (source == null) {
      return;
    }
    try (BufferedReader reader = open(source)) {
      List<String> part = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        part.add(line);
        if (part.size() == PART) {
          work.accept(part);
          part = new ArrayList<>();
        }
      }
      if (!part.isEmpty()) {
        work.accept(part);
      }
    } catch (CharacterCodingException e) {
      throw new ImportException(source + ": expected text in UTF-8, found other bytes", e);
    } catch (IOException e) {
      throw ImportException.unreadable(source, e);
    }
  }

  private static BufferedReader open(Path source) throws IOException {
    return source.toString().equals("-")
        ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder()))
        : Files.newBufferedReader(source, StandardCharsets.UTF_8);
  }
}
