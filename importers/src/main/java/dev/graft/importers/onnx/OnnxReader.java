package dev.graft.importers.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.JavaBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.ShapeException;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportReport;
import dev.graft.importers.Imported;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.OperatorSetIdProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorShapeProto;
import dev.graft.importers.onnx.proto.TypeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads ONNX models of opsets 7 to 20. */
public final class OnnxReader {

  private static final int OLDEST = 7;
  private static final int NEWEST = 20;
  private static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();

  private final GraphProto graph;
  private final int opset;
  private final ExternalData external;

  private OnnxReader(GraphProto graph, int opset, ExternalData external) {
    this.graph = graph;
    this.opset = opset;
    this.external = external;
  }

  /**
   * Reads a model.
   *
   * @param name of the file, for messages
   * @param in read to its end
   * @param folder where weights outside the file may lie; null for none
   * @throws ImportException if it is no ONNX model, or asks for what Graft does not know
   * @throws IOException if the stream fails
   */
  public static Imported read(String name, InputStream in, @Nullable Path folder)
      throws IOException {
    ModelProto proto;
    try {
      proto = ModelProto.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new ImportException(
          name + ": is no ONNX model, or it is truncated or damaged (" + e.getMessage() + ")", e);
    } catch (OutOfMemoryError e) {
      throw new ImportException(name + ": is too large for the heap; raise it with -Xmx", e);
    }
    if (!proto.hasGraph() || proto.getGraph().getNodeCount() == 0) {
      throw new ImportException(
          name + ": holds no ONNX graph; is it truncated, or another format?");
    }
    OnnxReader reader =
        new OnnxReader(proto.getGraph(), opset(name, proto), new ExternalData(folder));
    try {
      return reader.read(OnnxMetadata.read(proto));
    } catch (ShapeException | GraphException | ArithmeticException | ImportException e) {
      throw new ImportException(name + ": " + oneLine(e.getMessage()), e);
    } catch (OutOfMemoryError e) {
      throw new ImportException(name + ": is too large for the heap; raise it with -Xmx", e);
    }
  }

  /** Names in the message come from the file: they may hold anything, of any length. */
  private static String oneLine(@Nullable String message) {
    String clean = String.valueOf(message).replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 2000 ? clean.substring(0, 2000) + "…" : clean;
  }

  private static int opset(String name, ModelProto proto) {
    long opset = 0;
    for (OperatorSetIdProto imported : proto.getOpsetImportList()) {
      if (imported.getDomain().isEmpty() || imported.getDomain().equals("ai.onnx")) {
        opset = imported.getVersion();
      }
    }
    if (opset < OLDEST || opset > NEWEST) {
      throw new ImportException(
          name
              + ": uses opset "
              + (opset == 0 ? "(none given)" : opset)
              + "; "
              + OLDEST
              + " to "
              + NEWEST
              + " can be read, export it again with opset 13");
    }
    return (int) opset;
  }

  private Imported read(Metadata metadata) {
    refuseUnknownOperators();
    boolean fixed = graph.getInputList().stream().anyMatch(this::hasBatchOfOne);
    if (fixed) {
      try {
        return build(true, metadata);
      } catch (ImportException | ShapeException e) {
        // Something in it insists on a batch of one.
        return build(false, metadata);
      }
    }
    return build(false, metadata);
  }

  /** All at once, so that nobody has to export again for each. */
  private void refuseUnknownOperators() {
    TreeMap<String, List<String>> unknown = new TreeMap<>();
    for (NodeProto node : graph.getNodeList()) {
      boolean standard = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
      if (!standard || OnnxOps.of(node.getOpType()) == null) {
        String type = standard ? node.getOpType() : node.getDomain() + "." + node.getOpType();
        unknown.computeIfAbsent(type, k -> new ArrayList<>()).add(name(node));
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    List<String> parts = new ArrayList<>();
    unknown.forEach(
        (type, nodes) ->
            parts.add(
                type
                    + " (node "
                    + nodes.get(0)
                    + (nodes.size() > 1 ? " and " + (nodes.size() - 1) + " more" : "")
                    + ")"));
    throw new ImportException(
        "uses operators of opset "
            + opset
            + " that are not supported: "
            + String.join(", ", parts)
            + "; export again with constant folding and opset 13, or simplify the model (onnxsim)");
  }

  private static String name(NodeProto node) {
    if (!node.getName().isEmpty()) {
      return node.getName();
    }
    return node.getOutputCount() > 0 ? node.getOutput(0) : node.getOpType();
  }

  private Imported build(boolean freeBatch, Metadata metadata) {
    try (Backend backend = new JavaBackend(1)) {
      GraphImport target = new GraphImport(backend, freeBatch);
      Set<String> storedNames = addInitializers(target);
      for (ValueInfoProto input : graph.getInputList()) {
        if (!storedNames.contains(input.getName())) {
          target.addInput(inputSpec(input, freeBatch));
        }
      }
      for (NodeProto node : sorted()) {
        importNode(target, node);
      }
      List<String> outputs = new ArrayList<>();
      for (ValueInfoProto output : graph.getOutputList()) {
        target.shape(output.getName());
        outputs.add(output.getName());
      }
      if (outputs.isEmpty()) {
        throw new ImportException("the graph has no outputs");
      }
      Graph built = target.graph(outputs);
      Model model = new Model(built, Weights.of(target.storedTensors()), metadata);
      if (freeBatch) {
        target.note("the batch, fixed to 1 in the file, is left open");
      }
      return new Imported(model, report(target, built, storedNames));
    }
  }

  private ImportReport report(GraphImport target, Graph built, Set<String> storedNames) {
    Set<String> unused = new TreeSet<>(storedNames);
    unused.removeAll(built.stored().keySet());
    List<String> ignored = new ArrayList<>();
    if (!unused.isEmpty()) {
      List<String> some = unused.stream().limit(5).toList();
      ignored.add(
          unused.size()
              + (unused.size() == 1 ? " stored tensor" : " stored tensors")
              + " that became attributes or that nothing reads: "
              + String.join(", ", some)
              + (unused.size() > 5 ? ", …" : ""));
    }
    return new ImportReport("ONNX, opset " + opset, target.operators(), target.notes(), ignored);
  }

  private Set<String> addInitializers(GraphImport target) {
    Set<String> names = new HashSet<>();
    TreeMap<String, Integer> converted = new TreeMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getName().isEmpty() || !names.add(tensor.getName())) {
        throw new ImportException("two stored tensors are named '" + tensor.getName() + "'");
      }
      TensorData data = TensorData.of(tensor, external);
      if (data.isFloat()) {
        target.addStored(tensor.getName(), data.floats());
        String from = data.convertedFrom();
        if (from != null) {
          converted.merge(from, 1, Integer::sum);
        }
      } else {
        target.addIntegers(tensor.getName(), data.longs());
      }
    }
    converted.forEach(
        (type, count) -> target.note(count + " " + type + " tensors converted to float32"));
    return names;
  }

  private boolean hasBatchOfOne(ValueInfoProto input) {
    TensorShapeProto shape = input.getType().getTensorType().getShape();
    return shape.getDimCount() > 1 && shape.getDim(0).getDimValue() == 1;
  }

  private InputSpec inputSpec(ValueInfoProto input, boolean freeBatch) {
    TypeProto.Tensor type = input.getType().getTensorType();
    if (!input.getType().hasTensorType() || !type.hasShape()) {
      throw new ImportException("input " + input.getName() + " is no tensor of known rank");
    }
    if (type.getElemType() != FLOAT) {
      throw new ImportException(
          "input " + input.getName() + " is not float32; export the model with float32 inputs");
    }
    List<Integer> sizes = new ArrayList<>();
    for (int axis = 0; axis < type.getShape().getDimCount(); axis++) {
      TensorShapeProto.Dimension dim = type.getShape().getDim(axis);
      boolean open = !dim.hasDimValue() || dim.getDimValue() <= 0;
      if (axis == 0 && (open || freeBatch && dim.getDimValue() == 1)) {
        sizes.add(InputSpec.DYNAMIC);
      } else if (open) {
        throw new ImportException(
            "input "
                + input.getName()
                + " leaves the size of axis "
                + axis
                + " open; export the model with a fixed size (only the batch may be open)");
      } else {
        sizes.add(IntConstant.toInt(dim.getDimValue(), "input " + input.getName()));
      }
    }
    return new InputSpec(input.getName(), sizes);
  }

  /** Nodes in an order in which they can run; files should be in one, but are not believed. */
  private List<NodeProto> sorted() {
    List<NodeProto> nodes = graph.getNodeList();
    Map<String, Integer> producer = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).getOutputList()) {
        producer.putIfAbsent(output, i);
      }
    }
    int[] open = new int[nodes.size()];
    Map<Integer, List<Integer>> readers = new HashMap<>();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String input : nodes.get(i).getInputList()) {
        Integer from = input.isEmpty() ? null : producer.get(input);
        if (from != null) {
          open[i]++;
          readers.computeIfAbsent(from, k -> new ArrayList<>()).add(i);
        }
      }
      if (open[i] == 0) {
        ready.add(i);
      }
    }
    List<NodeProto> order = new ArrayList<>();
    while (!ready.isEmpty()) {
      int next = ready.remove();
      order.add(nodes.get(next));
      for (int reader : readers.getOrDefault(next, List.of())) {
        if (--open[reader] == 0) {
          ready.add(reader);
        }
      }
    }
    for (int i = 0; i < open.length && order.size() < open.length; i++) {
      if (open[i] > 0) {
        throw new ImportException(name(nodes.get(i)) + ": is part of a cycle");
      }
    }
    return order;
  }

  private void importNode(GraphImport target, NodeProto proto) {
    NodeImport node = new NodeImport(target, proto, opset, external, name(proto));
    OnnxOps.Mapping mapping = OnnxOps.of(proto.getOpType());
    String where = name(proto) + " (" + proto.getOpType() + ", opset " + opset + "): ";
    try {
      if (mapping == null) {
        throw new ImportException("is not supported");
      }
      for (String output : proto.getOutputList()) {
        if (!output.isEmpty() && target.isKnown(output)) {
          throw new ImportException("defines the value " + output + ", which is defined already");
        }
      }
      mapping.map(node);
    } catch (ShapeException | ImportException | ArithmeticException e) {
      throw new ImportException(where + e.getMessage(), e);
    }
    proto.getOutputList().stream()
        .skip(1)
        .filter(output -> !output.isEmpty() && !target.isKnown(output))
        .forEach(output -> target.addUnsupportedOutput(output, name(proto)));
    target.count(proto.getOpType(), node.isMapped());
  }
}
