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
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorShapeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
 * @param between what was recorded of values between them, by name, in the order of the nodes
 * @param warnings what was read differently
 */
record Replay(
    Path file,
    ModelProto proto,
    Map<String, RecordedTensor> inputs,
    Map<String, RecordedTensor> outputs,
    Map<String, RecordedTensor> between,
    List<String> warnings) {

  private static final String EXTENSION = ".pb";

  private static final Pattern ENDS = Pattern.compile("(input|output)_\\d+\\.pb");

  /** Elements of a counting input, beyond which no model of the suite goes. */
  private static final long MOST = 1 << 26;

  /**
   * @param data a folder with {@code input_0.pb} … and {@code output_0.pb} …, and any number of
   *     further ones whose tensors bear the names of values between; or the only output
   */
  static Replay of(Path file, Path data) throws IOException {
    ModelProto proto = ModelProto.parseFrom(Files.readAllBytes(file));
    GraphProto graph = proto.getGraph();
    Map<String, RecordedTensor> inputs = new LinkedHashMap<>();
    Map<String, RecordedTensor> outputs = new LinkedHashMap<>();
    Map<String, RecordedTensor> between = Map.of();
    if (Files.isDirectory(data)) {
      for (int i = 0; i < graph.getInputCount(); i++) {
        read(graph.getInput(i), data.resolve("input_" + i + EXTENSION), inputs);
      }
      for (int i = 0; i < graph.getOutputCount(); i++) {
        read(graph.getOutput(i), data.resolve("output_" + i + EXTENSION), outputs);
      }
      between = between(graph, data);
    } else {
      ValueInfoProto input = fed(graph);
      inputs.put(input.getName(), counting(input));
      read(graph.getOutput(0), data, outputs);
    }
    return new Replay(file, proto, inputs, outputs, between, new ArrayList<>());
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

  private static Map<String, RecordedTensor> between(GraphProto graph, Path data)
      throws IOException {
    Map<String, TensorProto> found = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data, "*" + EXTENSION)) {
      for (Path file : files) {
        if (!ENDS.matcher(file.getFileName().toString()).matches()) {
          TensorProto tensor = TensorProto.parseFrom(Files.readAllBytes(file));
          found.put(tensor.getName(), tensor);
        }
      }
    }
    Map<String, RecordedTensor> between = new LinkedHashMap<>();
    for (NodeProto node : graph.getNodeList()) {
      for (String value : node.getOutputList()) {
        TensorProto tensor = found.remove(value);
        if (tensor != null) {
          between.put(value, RecordedTensor.of(tensor));
        }
      }
    }
    if (!found.isEmpty()) {
      throw new ImportException(
          data.getFileName()
              + " holds a tensor named '"
              + found.keySet().iterator().next()
              + "', which no node computes; call its file input_N.pb or output_N.pb, or name it"
              + " after a value of the model");
    }
    return between;
  }

  /** {@code arange(n) / n} in the input's shape. */
  private static RecordedTensor counting(ValueInfoProto input) {
    List<Integer> sizes = new ArrayList<>();
    long elements = 1;
    for (TensorShapeProto.Dimension dim : input.getType().getTensorType().getShape().getDimList()) {
      long size = Math.max(1, dim.getDimValue());
      if (size > MOST || (elements *= size) > MOST) {
        throw new ImportException(input.getName() + " has more than " + MOST + " elements");
      }
      sizes.add((int) size);
    }
    Shape shape = Shape.of(sizes);
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) i / values.length;
    }
    return RecordedTensor.of(shape, values);
  }

  /**
   * The first difference between what is computed and what was recorded, and of the recorded values
   * between the first that differs, with its node; empty where the outputs agree.
   *
   * @throws ImportException if the model is refused, or differs because it was read differently
   */
  String difference(Backend backend) throws IOException {
    Difference difference = first(proto, outputs, backend);
    if (difference == null) {
      return "";
    }
    if (!warnings.isEmpty()) {
      throw new ImportException(warnings.get(0));
    }
    return difference.value + " " + difference.what + origin(backend);
  }

  /**
   * @param value its name
   * @param what is different
   */
  private record Difference(String value, String what) {}

  private @Nullable Difference first(
      ModelProto model, Map<String, RecordedTensor> recorded, Backend backend) throws IOException {
    Map<String, Tensor> results = results(model, backend);
    for (Map.Entry<String, RecordedTensor> value : recorded.entrySet()) {
      Tensor found = results.get(value.getKey());
      String what = found == null ? "is not computed" : value.getValue().difference(found);
      if (!what.isEmpty()) {
        return new Difference(value.getKey(), what);
      }
    }
    return null;
  }

  /** Where a difference begins, as far as values between are recorded. */
  private String origin(Backend backend) throws IOException {
    if (between.isEmpty()) {
      return "";
    }
    ModelProto.Builder opened = proto.toBuilder();
    for (String name : between.keySet()) {
      opened.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(name));
    }
    Difference first = first(opened.build(), between, backend);
    if (first == null) {
      return "; the " + between.size() + " recorded values before it agree";
    }
    NodeProto node =
        proto.getGraph().getNodeList().stream()
            .filter(n -> n.getOutputList().contains(first.value))
            .findFirst()
            .orElseThrow();
    String named = node.getName().isEmpty() ? "" : " '" + node.getName() + "'";
    return "; of the recorded values "
        + first.value
        + ", of the node"
        + named
        + " ("
        + node.getOpType()
        + "), is the first to differ: it "
        + first.what;
  }

  private Map<String, Tensor> results(ModelProto model, Backend backend) throws IOException {
    int floats = (int) inputs.values().stream().filter(RecordedTensor::isFloat).count();
    ImportException refused = null;
    for (int fed : new int[] {floats, 1, 0}) {
      if (fed > floats || refused != null && fed == floats) {
        continue;
      }
      try {
        return run(model, backend, fed);
      } catch (ImportException e) {
        refused = refused == null ? e : refused;
      }
    }
    throw refused == null ? new ImportException("has nothing to run") : refused;
  }

  /** Runs the model with the first so many inputs of floats fed, and the others stored. */
  private Map<String, Tensor> run(ModelProto from, Backend backend, int fed) throws IOException {
    ModelProto.Builder stored = from.toBuilder();
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
