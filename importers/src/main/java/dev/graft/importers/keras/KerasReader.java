package dev.graft.importers.keras;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.OpenSizeException;
import dev.graft.core.tensor.ShapeException;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportReport;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.graph.GraphAssembler;
import dev.graft.importers.graph.ReadAllowance;
import dev.graft.importers.keras.config.ModelParser;
import dev.graft.importers.keras.container.KerasFile;
import dev.graft.importers.keras.container.KerasFiles;
import dev.graft.importers.keras.layer.Mismatches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads whole Keras models: HDF5 files of Keras 1, 2 and 3, {@code .keras} archives, and {@code
 * model.json} of TensorFlow.js with the weights beside it. The model keeps its own door, with
 * channels last, and the names of its layers: the kernel of {@code conv1} is {@code conv1/kernel},
 * and that of a layer within another model {@code trunk/conv1/kernel}.
 */
public final class KerasReader {

  private KerasReader() {}

  /** Whether a file may be a Keras model, by its first bytes. */
  public static boolean recognises(byte[] head) {
    return KerasFiles.recognises(head);
  }

  /**
   * Reads a model file.
   *
   * @throws ImportException if it is damaged, or asks for what is not supported
   * @throws IOException if it cannot be read
   */
  public static ImportedModel read(Path file, byte[] head) throws IOException {
    ReadAllowance allowance = ReadAllowance.ofFile(Files.size(file));
    return told(
        file.toString(), reading -> KerasFiles.read(file, head, allowance, reading), allowance);
  }

  /**
   * Reads a model that is in memory.
   *
   * @param name for messages
   * @throws ImportException if it is damaged, or asks for what is not supported
   */
  public static ImportedModel read(String name, byte[] contents) throws IOException {
    ReadAllowance allowance = ReadAllowance.ofFile(contents.length);
    return told(name, reading -> KerasFiles.read(contents, allowance, reading), allowance);
  }

  /** Opens a file for as long as something reads it. */
  @FunctionalInterface
  private interface Opening {
    ImportedModel with(Function<KerasFile, ImportedModel> reading) throws IOException;
  }

  private static ImportedModel told(String name, Opening opening, ReadAllowance allowance)
      throws IOException {
    try {
      return opening.with(file -> build(file, allowance));
    } catch (ImportException | ShapeException | OpenSizeException | GraphException e) {
      throw new ImportException(name + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new ImportException(name + ": is too large for the heap; raise it with -Xmx", e);
    }
  }

  static ImportedModel build(KerasFile file, ReadAllowance allowance) {
    ModelTree tree =
        new ModelTree(ModelParser.parse(file.config(), file.version(), file.backend()));
    UnsupportedLayers.refuse(tree);
    Mismatches mismatches = new Mismatches(allowance);
    WeightAssignment weights = new WeightAssignment(tree, file.weights(), mismatches);
    try (Backend backend = new JavaBackend(1)) {
      GraphAssembler target = new GraphAssembler(backend, allowance, GraphAssembler.AS_IT_IS);
      List<String> outputs = new ModelTranslator(target, tree, weights).translate();
      mismatches.expectNone();
      Graph graph = OutputNames.given(target.graph(outputs), tree.root());
      Metadata metadata =
          Metadata.NONE
              .withFrozen(weights.frozen())
              .withProvenance(
                  new TreeMap<>(
                      Map.of("model", tree.root().layer().name(), "producer", file.format())));
      Model model = new Model(graph, Weights.of(target.storedTensors()), metadata);
      return new ImportedModel(
          model,
          new ImportReport(
              file.format(), target.operators(), target.warnings(), target.notes(), List.of()));
    }
  }
}
