package dev.graft.cli.option;

import dev.graft.core.data.text.TextInputs;
import dev.graft.core.data.text.Texts;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.TextPreprocessing;
import dev.graft.core.tensor.Shape;
import dev.graft.core.text.Encoding;
import dev.graft.core.transfer.surgery.TokenPooling;
import dev.graft.importers.ImportException;
import dev.graft.importers.PlainText;
import dev.graft.importers.text.TextFolder;
import dev.graft.importers.text.TextTable;
import dev.graft.importers.text.TokenizerReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Texts in place of pictures. */
public final class TextOptions {

  private static final List<String> BESIDE = List.of("tokenizer.json", "vocab.txt");

  /** How exports of sentence-transformers name what they make of a text. */
  private static final String SENTENCE = "sentence_embedding";

  private static final double SMALLEST_SHARE = 0.95;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description =
          "for texts, how they become tokens: Hugging Face's tokenizer.json, or BERT's vocab.txt"
              + " (default: as the model says, or such a file beside it)")
  private @Nullable Path tokenizer;

  /** The file that was named; null for none. */
  public @Nullable Path tokenizer() {
    return tokenizer;
  }

  /**
   * Whether a command is about texts: a table, folders of {@code .txt}, or a tokenizer is given.
   */
  public boolean areMeant(Path data) {
    Path name = data.getFileName();
    return tokenizer != null
        || (name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(".csv"))
        || (Files.isDirectory(data) && TextFolder.isOne(data));
  }

  /**
   * For a command that takes pictures alone.
   *
   * @throws UsageException if the data is texts
   */
  public static void expectPictures(Path data) {
    if (new TextOptions().areMeant(data)) {
      throw new UsageException(
          data
              + ": is a table or folders of texts, and this command takes pictures; 'graft train',"
              + " 'evaluate' and 'predict' take texts");
    }
  }

  /**
   * Texts with classes: a CSV file, or a folder of class folders of {@code .txt}.
   *
   * @throws ImportException if it is neither
   */
  public static Texts read(Path data) {
    if (!Files.exists(data)) {
      throw new ImportException(data + ": there is no such file or folder");
    }
    return Files.isDirectory(data) ? TextFolder.read(data) : TextTable.read(data);
  }

  /**
   * A model for texts with its tokenizer, whose only output is a vector for a text: where it gives
   * one for each token, their mean. What is chosen is told on standard error.
   *
   * @throws UsageException if nothing says how a text is cut into tokens
   */
  public Model model(Path file, InputOptions input) {
    Model read = carrying(file, ModelFiles.read(file));
    TextInputs inputs = TextInputs.of(read);
    tellStrange(read, inputs);
    return pooled(input.chosenOutput(read), inputs);
  }

  private Model carrying(Path file, Model model) {
    Path named = tokenizer;
    if (named == null && model.metadata().text() == null) {
      named =
          BESIDE.stream()
              .map(file::resolveSibling)
              .filter(Files::isRegularFile)
              .findFirst()
              .orElseThrow(
                  () ->
                      new UsageException(
                          file
                              + ": does not say how a text becomes tokens; give --tokenizer"
                              + " tokenizer.json or vocab.txt"));
      note("tokenizer " + named + ", which lies beside the model");
    }
    return named == null
        ? model
        : model.with(model.metadata().withText(TokenizerReader.preprocessing(named)));
  }

  /** Embeddings are made a little larger than the vocabulary, for sizes that suit the hardware. */
  private static void tellStrange(Model model, TextInputs inputs) {
    TextPreprocessing text = model.metadata().text();
    int rows = inputs.rows(model.graph());
    int tokens = text == null ? rows : text.tokenizer().vocabularySize();
    if (tokens < SMALLEST_SHARE * rows) {
      note(
          "the tokenizer has "
              + tokens
              + " tokens, the model's embedding rows for "
              + rows
              + ": it may not be the one that the model was trained with");
    }
  }

  private static Model pooled(Model model, TextInputs inputs) {
    Graph graph = model.graph();
    if (graph.outputs().size() == 1 && !ofTokens(graph, graph.output())) {
      return model;
    }
    if (graph.outputs().contains(SENTENCE)) {
      note("a text is the model's output " + SENTENCE + "; dropped the others");
      return new Model(
          graph.ending(List.of(SENTENCE)), model.weights(), model.metadata().withHead(null));
    }
    String states =
        graph.outputs().stream()
            .filter(output -> ofTokens(graph, output))
            .findFirst()
            .orElseThrow(
                () ->
                    new UsageException(
                        "the model has the outputs "
                            + String.join(", ", graph.outputs())
                            + ", none of them a vector for each token; choose one with"
                            + " --use-output NAME"));
    String mask = inputs.mask();
    if (mask == null) {
      throw new UsageException(
          "the output "
              + states
              + " has a vector for each token, and the model no input that tells tokens from"
              + " filling; choose another with --use-output NAME");
    }
    List<String> others = graph.outputs().stream().filter(o -> !o.equals(states)).toList();
    note(
        "a text is the mean of its tokens' vectors, "
            + states
            + (others.isEmpty() ? "" : "; dropped the outputs " + String.join(", ", others)));
    return TokenPooling.mean(model, states, mask);
  }

  private static boolean ofTokens(Graph graph, String output) {
    Shape shape = graph.shapes(1).get(output);
    return shape != null && shape.rank() == 3;
  }

  /** Tells once how many texts are longer than the model allows. */
  public static void tellTruncated(Model model, Texts texts) {
    TextPreprocessing text = model.metadata().text();
    if (text == null) {
      return;
    }
    int longer = 0;
    for (int i = 0; i < texts.size(); i++) {
      Encoding encoding = text.tokenizer().encode(texts.text(i));
      longer += encoding.dropped() > 0 ? 1 : 0;
    }
    tellTruncated(model, longer);
  }

  /** Tells how many texts were cut off, if any were. */
  public static void tellTruncated(Model model, int count) {
    TextPreprocessing text = model.metadata().text();
    if (count > 0 && text != null) {
      note(
          count
              + (count == 1 ? " text is" : " texts are")
              + " longer than the "
              + text.tokenizer().maxLength()
              + " tokens that the model takes, and cut off there");
    }
  }

  private static void note(String line) {
    System.err.println("note: " + PlainText.line(line));
  }
}
