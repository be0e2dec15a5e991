package dev.graft.importers.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.TextPreprocessing;
import dev.graft.core.text.TextException;
import dev.graft.core.text.Tokenizer;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a tokenizer from Hugging Face's {@code tokenizer.json}, or from the {@code vocab.txt} of a
 * BERT that leaves case aside: a token a line. A component that is not known is refused by name,
 * and so is a setting that would change ids and is not carried out.
 */
public final class TokenizerReader {

  /** XLM-R's has 17 million bytes, Llama 3's 9. */
  private static final int LONGEST = 64 << 20;

  /** XLM-R's vocabulary has a million, a text, a number and two brackets for each token. */
  private static final long MOST_TOKENS = 6_000_000;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxTokenCount(MOST_TOKENS)
                      .maxNestingDepth(100)
                      .maxNumberLength(100)
                      .build())
              .build());

  private TokenizerReader() {}

  /**
   * Reads a file.
   *
   * @throws ImportException if it is missing, too long, damaged, or asks for what is not known
   */
  public static Tokenizer read(Path file) {
    return read(file, content(file));
  }

  /**
   * Reads a file as what a model's own file then holds.
   *
   * @throws ImportException as {@link #read(Path)}
   */
  public static TextPreprocessing preprocessing(Path file) {
    byte[] content = content(file);
    return new TextPreprocessing(read(file, content), new String(content, StandardCharsets.UTF_8));
  }

  private static byte[] content(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ImportException(
          file + ": expected a tokenizer.json or vocab.txt, found no such file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(LONGEST + 1);
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    }
  }

  private static Tokenizer read(Path file, byte[] content) {
    try {
      return read(content);
    } catch (ImportException e) {
      throw new ImportException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads the content of such a file.
   *
   * @throws ImportException as {@link #read(Path)}
   */
  public static Tokenizer read(byte[] content) {
    if (content.length > LONGEST) {
      throw new ImportException(
          "expected a tokenizer of at most " + LONGEST + " bytes, found more");
    }
    try {
      return VocabularyFile.isOne(content)
          ? VocabularyFile.read(content)
          : TokenizerJson.read(parse(content));
    } catch (TextException e) {
      throw new ImportException(String.valueOf(e.getMessage()), e);
    }
  }

  private static JsonNode parse(byte[] content) {
    try {
      JsonNode json = MAPPER.readTree(content);
      if (json != null && json.isObject()) {
        return json;
      }
    } catch (JsonProcessingException e) {
      throw new ImportException("no valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw ImportException.unreadable("the tokenizer", e);
    }
    throw new ImportException(
        "expected a JSON object as Hugging Face's tokenizers write it, found another JSON value");
  }
}
