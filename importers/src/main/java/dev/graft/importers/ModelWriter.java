package dev.graft.importers;

import dev.graft.core.graph.Model;
import dev.graft.importers.onnx.OnnxWriter;
import dev.graft.importers.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Writes a model in the format its file's name asks for; the file appears whole or not at all. */
public final class ModelWriter {

  private ModelWriter() {}

  /**
   * Writes {@code .onnx} (the whole model) or {@code .safetensors} (its weights).
   *
   * @throws ExportException if the name ends otherwise, or the file cannot be written
   */
  public static void write(Model model, Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".onnx")) {
      OnnxWriter.write(model, file);
    } else if (name.endsWith(".safetensors")) {
      SafetensorsWriter.write(model.weights(), Map.of(), file);
    } else {
      throw new ExportException(file + ": the name must end in .onnx or .safetensors");
    }
  }
}
