package dev.graft.importers.text;

import dev.graft.core.session.text.EncoderSettings;
import dev.graft.core.text.Tokenizer;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a text encoder from a folder as sentence-transformers and Hugging Face lay it out: the
 * network in {@code model.onnx} or {@code onnx/model.onnx}, {@code tokenizer.json} or {@code
 * vocab.txt}, and what {@code modules.json} and the files that it names say of pooling. What they
 * leave open is assumed and told.
 */
public final class EncoderReader {

  private static final String MODEL = "model.onnx";
  private static final List<String> TOKENIZERS = List.of("tokenizer.json", "vocab.txt");

  private EncoderReader() {}

  /**
   * Reads an encoder.
   *
   * @param place the folder, or the model file in it
   * @throws ImportException if a part is missing, damaged, or asks for what is not supported
   */
  public static ImportedEncoder read(Path place) {
    return read(place, null);
  }

  /**
   * The same with a tokenizer from elsewhere.
   *
   * @param tokenizer the file; null for the one beside the model
   */
  public static ImportedEncoder read(Path place, @Nullable Path tokenizer) {
    Path file = Files.isDirectory(place) ? modelIn(place) : place;
    Path folder = folderOf(place, file);
    Path tokens = tokenizer == null ? tokenizerBeside(file, folder) : tokenizer;
    Tokenizer read = TokenizerReader.read(tokens);
    ImportedModel model = ModelReader.readWithReport(file);
    List<String> notes = new ArrayList<>(model.report().warnings());
    EncoderSettings settings = new SentenceTransformersFolder(folder, notes).settings(read);
    return new ImportedEncoder(model.model(), read, settings, notes);
  }

  /** Where the files beside a model lie: one up from a folder {@code onnx}. */
  private static Path folderOf(Path place, Path file) {
    if (Files.isDirectory(place)) {
      return place;
    }
    Path beside = file.toAbsolutePath().getParent();
    boolean apart =
        beside.endsWith("onnx")
            && beside.getParent() != null
            && TOKENIZERS.stream().noneMatch(name -> Files.exists(beside.resolve(name)));
    return apart ? beside.getParent() : beside;
  }

  private static Path modelIn(Path folder) {
    for (Path candidate : List.of(folder.resolve(MODEL), folder.resolve("onnx").resolve(MODEL))) {
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    List<Path> models = ending(folder, ".onnx");
    if (models.size() != 1) {
      throw new ImportException(
          folder
              + ": expected model.onnx, onnx/model.onnx or one .onnx file, found "
              + models.size()
              + " of these; name the file");
    }
    return models.get(0);
  }

  private static Path tokenizerBeside(Path file, Path folder) {
    for (String name : TOKENIZERS) {
      if (Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    String stem = file.getFileName().toString().replaceFirst("\\.onnx$", "");
    Path named = folder.resolve(stem + "-tokenizer.json");
    if (Files.exists(named)) {
      return named;
    }
    throw new ImportException(
        folder + ": expected tokenizer.json or vocab.txt beside the model, found neither; name it");
  }

  private static List<Path> ending(Path folder, String ending) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw ImportException.unreadable(folder, e);
    }
  }
}
