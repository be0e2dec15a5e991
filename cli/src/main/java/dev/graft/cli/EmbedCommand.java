package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.core.backend.Backend;
import dev.graft.core.session.text.EncoderSettings;
import dev.graft.core.session.text.Pooling;
import dev.graft.core.session.text.TextEncoder;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.AtomicFile;
import dev.graft.importers.ImportException;
import dev.graft.importers.numpy.Npy;
import dev.graft.importers.text.EncoderReader;
import dev.graft.importers.text.ImportedEncoder;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft embed}: texts to vectors. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Turn texts into vectors whose distances tell how alike they are in meaning.",
      "A text is a line of the input, an empty one too. How vectors of tokens become one of a text"
          + " is read from the files of sentence-transformers beside the model; what they leave"
          + " open is assumed, and told on standard error."
    })
final class EmbedCommand implements Callable<Integer> {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "an ONNX file with its tokenizer beside it, or the folder of both")
  private Path model;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "tokenizer.json or vocab.txt (default: the one beside the model)")
  private @Nullable Path tokenizer;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "texts in UTF-8, a line each")
  private Path input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "Y",
      description =
          "where the vectors go: a NumPy array with a row a text where the name ends in .npy, else"
              + " JSON lines with text and vector")
  private Path output;

  @Option(
      names = "--prompt",
      paramLabel = "NAME",
      description = "put this one of the model's prompts before each text, such as query")
  private @Nullable String prompt;

  @Option(
      names = "--pooling",
      paramLabel = "NAME",
      description = "mean, first or max of the tokens (default: as the model's folder says)")
  private @Nullable String pooling;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "tokens of a text that count (default: as the model's folder says)")
  private @Nullable Integer maxLength;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (maxLength != null && maxLength < 1) {
      throw new UsageException("--max-length must be at least 1, found " + maxLength);
    }
    Pooling wanted = pooling == null ? null : pooling(pooling);
    ImportedEncoder read = EncoderReader.read(model, tokenizer);
    EncoderSettings settings = wanted == null ? read.settings() : read.settings().with(wanted);
    settings = maxLength == null ? settings : settings.maxLength(maxLength);
    if (prompt != null && !settings.prompts().containsKey(prompt)) {
      throw new UsageException(
          "the model has no prompt " + prompt + "; it has " + settings.prompts().keySet());
    }
    read.notes().forEach(note -> System.err.println("note: " + note));
    List<String> texts = lines(input);
    if (texts.isEmpty()) {
      throw new ImportException(input + ": expected a text a line, found an empty file");
    }
    try (Backend backend = compute.open();
        TextEncoder encoder = read.with(settings).open(backend)) {
      List<float[]> vectors = encoder.embed(texts, prompt == null ? settings.prompt() : prompt);
      write(texts, vectors);
      if (encoder.truncated() > 0) {
        System.err.println(
            "note: "
                + encoder.truncated()
                + " of "
                + texts.size()
                + " texts are longer than "
                + encoder.maxLength()
                + " tokens; what is behind is ignored");
      }
      if (Files.isRegularFile(output)) {
        System.out.println("[" + texts.size() + "," + encoder.dimension() + "] -> " + output);
      }
    }
    return 0;
  }

  private static Pooling pooling(String name) {
    try {
      return Pooling.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--pooling must be mean, first or max, found " + name);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new ImportException(file + ": is no text in UTF-8; convert it", e);
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    }
  }

  private void write(List<String> texts, List<float[]> vectors) {
    if (output.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
      Npy.write(rows(vectors), output);
      return;
    }
    AtomicFile.write(
        output,
        out -> {
          for (int i = 0; i < texts.size(); i++) {
            ArrayNode numbers = JsonNodeFactory.instance.arrayNode();
            for (float number : vectors.get(i)) {
              numbers.add(number);
            }
            ObjectNode line = JsonNodeFactory.instance.objectNode();
            line.put("text", texts.get(i)).set("vector", numbers);
            out.write((MAPPER.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  private static Tensor rows(List<float[]> vectors) {
    int features = vectors.get(0).length;
    Shape shape = Shape.of(vectors.size(), features);
    float[] all = new float[shape.elements()];
    for (int i = 0; i < vectors.size(); i++) {
      System.arraycopy(vectors.get(i), 0, all, i * features, features);
    }
    return Tensor.of(shape, all);
  }
}
