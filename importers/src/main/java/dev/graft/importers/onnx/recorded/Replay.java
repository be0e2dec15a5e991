package dev.graft.importers.onnx.recorded;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.onnx.OnnxReader;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorShapeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One data set of a recorded model, run again. Whole numbers and truth values that the file wants
 * fed (shapes, axes, positions) are part of the model to Graft, which computes with them while it
 * reads: they are stored in it first. Where a number must be known as well (scales, bounds), all
 * inputs but the first are stored, and if need be that one too.
 *
 * @param file of the model
 * @param proto the model
 * @param inputs recorded, by name
 * @param outputs recorded, by name
 * @param warnings what was read differently
 */
record Replay(
    Path file,
    ModelProto proto,
    Map<String, RecordedTensor> inputs,
    Map<String, RecordedTensor> outputs,
    List<String> warnings) {

  private static final String EXTENSION = ".pb";

  /**
   * @param data a folder with {@code input_0.pb} … and {@code output_0.pb} …, or the only output
   */
  static Replay of(Path file, Path data) throws IOException {
    ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(file));
    GraphProto graph = proto.getGraph();
    Map<String, RecordedTensor> inputs = new LinkedHashMap<>();
    Map<String, RecordedTensor> outputs = new LinkedHashMap<>();
    if (Files.isDirectory(data)) {
      for (int i = 0; i < graph.getInputCount(); i++) {
        read(graph.getInput(i), data.resolve("input_" + i + EXTENSION), inputs);
      }
      for (int i = 0; i < graph.getOutputCount(); i++) {
        read(graph.getOutput(i), data.resolve("output_" + i + EXTENSION), outputs);
      }
    } else {
      ValueInfoProto input = fed(graph);
      inputs.put(input.getName(), counting(input));
      read(graph.getOutput(0), data, outputs);
    }
    return new Replay(file, proto, inputs, outputs, new ArrayList<>());
  }

  /** Older files list the stored tensors among the inputs as well. */
  private static ValueInfoProto fed(GraphProto graph) {
    Set<String> stored =
        graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
    return graph.getInputList().stream()
        .filter(input -> !stored.contains(input.getName()))
        .findFirst()
        .orElseThrow(() -> new ImportException("has no input"));
  }

  private static void read(ValueInfoProto value, Path file, Map<String, RecordedTensor> into)
      throws IOException {
    if (!value.getType().hasTensorType()) {
      throw new ImportException(
          value.getName() + " is no tensor; sequences, maps and optional values are not supported");
    }
    if (Files.exists(file)) {
      into.put(value.getName(), RecordedTensor.of(TensorProto.parseFrom(Files.readAllBytes(file))));
    }
  }

  /** {@code arange(n) / n} in the input's shape. */
  private static RecordedTensor counting(ValueInfoProto input) {
    List<Integer> sizes = new ArrayList<>();
    for (TensorShapeProto.Dimension dim : input.getType().getTensorType().getShape().getDimList()) {
      sizes.add((int) Math.max(1, dim.getDimValue()));
    }
    Shape shape = Shape.of(sizes);
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) i / values.length;
    }
    return RecordedTensor.of(shape, values);
  }

  /**
   * The first difference between what is computed and what was recorded; empty for none.
   *
   * @throws ImportException if the model is refused, or differs because it was read differently
   */
  String difference(Backend backend) throws IOException {
    String difference = firstDifference(backend);
    if (!difference.isEmpty() && !warnings.isEmpty()) {
      throw new ImportException(warnings.get(0));
    }
    return difference;
  }

  private String firstDifference(Backend backend) throws IOException {
    Map<String, Tensor> results = results(backend);
    for (Map.Entry<String, RecordedTensor> output : outputs.entrySet()) {
      Tensor found = results.get(output.getKey());
      if (found == null) {
        return output.getKey() + " is not computed";
      }
      String difference = output.getValue().difference(found);
      if (!difference.isEmpty()) {
        return output.getKey() + " " + difference;
      }
    }
    return "";
  }

  private Map<String, Tensor> results(Backend backend) throws IOException {
    int floats = (int) inputs.values().stream().filter(RecordedTensor::isFloat).count();
    ImportException refused = null;
    for (int fed : new int[] {floats, 1, 0}) {
      if (fed > floats || refused != null && fed == floats) {
        continue;
      }
      try {
        return run(backend, fed);
      } catch (ImportException e) {
        refused = refused == null ? e : refused;
      }
    }
    throw refused == null ? new ImportException("has nothing to run") : refused;
  }

  /** Runs the model with the first so many inputs of floats fed, and the others stored. */
  private Map<String, Tensor> run(Backend backend, int fed) throws IOException {
    ModelProto.Builder stored = proto.toBuilder();
    Map<String, Tensor> feeds = new LinkedHashMap<>();
    for (Map.Entry<String, RecordedTensor> input : inputs.entrySet()) {
      RecordedTensor tensor = input.getValue();
      if (tensor.isFloat() && feeds.size() < fed) {
        feeds.put(input.getKey(), tensor.floats());
      } else {
        stored.getGraphBuilder().addInitializer(tensor.proto(input.getKey()));
      }
    }
    ImportedModel imported = OnnxReader.read(file.toString(), stored.build(), file, false);
    Model model = imported.model();
    warnings.addAll(imported.report().warnings());
    feeds.keySet().retainAll(model.graph().inputs().stream().map(InputSpec::name).toList());
    try (Session session = Session.of(model, backend)) {
      return session.run(feeds);
    }
  }
}
