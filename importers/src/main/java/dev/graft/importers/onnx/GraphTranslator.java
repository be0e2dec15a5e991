package dev.graft.importers.onnx;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportReport;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.graph.GraphAssembler;
import dev.graft.importers.graph.WholeNumbers;
import dev.graft.importers.onnx.operator.NodeCursor;
import dev.graft.importers.onnx.operator.OnnxOperator;
import dev.graft.importers.onnx.operator.OnnxOperators;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.SparseTensorProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorShapeProto;
import dev.graft.importers.onnx.proto.TypeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import dev.graft.importers.onnx.tensor.ExternalData;
import dev.graft.importers.onnx.tensor.TensorData;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Turns the graph of an ONNX file into a model: drives the operators, node by node, as they put
 * together the graph of a {@link GraphAssembler}.
 */
final class GraphTranslator {

  /** Types of inputs that are fed as float32. */
  private static final Set<Integer> CONVERTED =
      Set.of(
          TensorProto.DataType.FLOAT16_VALUE,
          TensorProto.DataType.BFLOAT16_VALUE,
          TensorProto.DataType.DOUBLE_VALUE);

  private final GraphProto graph;
  private final int opset;
  private final ExternalData external;
  private final Metadata metadata;
  private final NodeOrder order;

  /**
   * @throws ImportException if the nodes are in no order or of operators without a mapping
   */
  GraphTranslator(GraphProto graph, int opset, ExternalData external, Metadata metadata) {
    this.graph = graph;
    this.opset = opset;
    this.external = external;
    this.metadata = metadata;
    this.order = NodeOrder.of(graph);
    UnsupportedOperators.refuse(order.nodes(), opset);
  }

  /**
   * Reads the graph, with its batch left open where the file fixes it to 1 and nothing needs it.
   */
  ImportedModel read(List<String> notes) {
    // Older files list the stored tensors among the inputs as well.
    Set<String> stored = new HashSet<>();
    graph.getInitializerList().forEach(tensor -> stored.add(tensor.getName()));
    boolean fixed =
        graph.getInputList().stream()
            .anyMatch(input -> !stored.contains(input.getName()) && hasBatchOfOne(input));
    if (!fixed) {
      return build(false, notes);
    }
    ImportedModel open;
    try {
      List<String> more = new ArrayList<>(notes);
      more.add("the batch, fixed to 1 in the file, is left open");
      open = build(true, more);
      open.model().graph().shapes(1);
      open.model().graph().shapes(2);
    } catch (ImportException | ShapeException e) {
      List<String> more = new ArrayList<>(notes);
      more.add("the batch stays 1 as the file fixes it: " + e.getMessage());
      return build(false, more);
    }
    return open;
  }

  private ImportedModel build(boolean freeBatch, List<String> notes) {
    try (Backend backend = new JavaBackend(1)) {
      GraphAssembler target = new GraphAssembler(backend, freeBatch);
      Set<String> storedNames = addInitializers(target);
      Set<String> unread = new TreeSet<>();
      for (ValueInfoProto input : graph.getInputList()) {
        if (!storedNames.contains(input.getName())) {
          if (order.values().contains(input.getName())) {
            target.addInput(inputSpec(target, input, freeBatch));
          } else {
            unread.add(input.getName());
          }
        }
      }
      for (NodeProto node : order.nodes()) {
        translate(target, node);
      }
      Graph built = target.graph(outputs(target));
      Model model = new Model(built, Weights.of(target.storedTensors()), metadata(target, built));
      storedNames.removeAll(built.stored().keySet());
      return new ImportedModel(model, report(target, notes, storedNames, unread));
    }
  }

  private List<String> outputs(GraphAssembler target) {
    List<String> outputs = new ArrayList<>();
    for (ValueInfoProto output : graph.getOutputList()) {
      target.shape(output.getName());
      if (target.batchFreed() && target.batchAxis(output.getName()) > 0) {
        throw new ImportException(output.getName() + " has the batch behind other axes");
      }
      outputs.add(output.getName());
    }
    if (outputs.isEmpty()) {
      throw new ImportException("the graph has no outputs");
    }
    return outputs;
  }

  private Metadata metadata(GraphAssembler target, Graph built) {
    String head = metadata.head();
    if (head == null || built.nodes().stream().anyMatch(n -> n.name().equals(head))) {
      return metadata;
    }
    target.note("the head " + head + " that the file names is no node of it; it is found anew");
    return metadata.withHead(null);
  }

  private ImportReport report(
      GraphAssembler target, List<String> notes, Set<String> unstored, Set<String> unread) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(target.notes());
    List<String> ignored = new ArrayList<>();
    int dead = graph.getNodeCount() - order.nodes().size();
    if (dead > 0) {
      ignored.add("nodes that no output needs: " + dead);
    }
    if (!unread.isEmpty()) {
      ignored.add("inputs that nothing reads, " + GraphAssembler.some(unread));
    }
    Set<String> unused = new TreeSet<>(unstored);
    unused.removeAll(order.values());
    Set<String> absorbed = new TreeSet<>(unstored);
    absorbed.removeAll(unused);
    if (!unused.isEmpty()) {
      ignored.add("stored tensors that nothing reads, " + GraphAssembler.some(unused));
    }
    if (!absorbed.isEmpty()) {
      all.add("stored tensors that became attributes, " + GraphAssembler.some(absorbed));
    }
    return new ImportReport("ONNX, opset " + opset, target.operators(), all, ignored);
  }

  /** Reads the stored tensors that are used; returns the names of all. */
  private Set<String> addInitializers(GraphAssembler target) {
    for (SparseTensorProto sparse : graph.getSparseInitializerList()) {
      throw new ImportException(
          "tensor " + sparse.getValues().getName() + ": is sparse; export it as a dense one");
    }
    Set<String> names = new HashSet<>();
    TreeMap<String, Integer> converted = new TreeMap<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      String name = tensor.getName();
      if (name.isEmpty() || !names.add(name)) {
        throw new ImportException("two stored tensors are named '" + name + "'");
      }
      if (!order.values().contains(name)) {
        continue;
      }
      TensorData data = TensorData.of(tensor, external);
      if (!data.isFloat()) {
        target.addIntegers(name, data.longs());
        continue;
      }
      Tensor floats = data.floats();
      target.addStored(name, floats);
      target.folding().grant(floats);
      int overflows = data.overflows(floats);
      if (overflows > 0) {
        target.note(name + ": " + overflows + " values beyond float32 became infinite");
      }
      String from = data.convertedFrom();
      if (from != null) {
        converted.merge(from, 1, Integer::sum);
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

  private InputSpec inputSpec(GraphAssembler target, ValueInfoProto input, boolean freeBatch) {
    String where = "input " + input.getName();
    TypeProto.Tensor type = input.getType().getTensorType();
    if (!input.getType().hasTensorType() || !type.hasShape()) {
      throw new ImportException(where + " is no tensor of known rank");
    }
    int element = type.getElemType();
    if (CONVERTED.contains(element)) {
      target.note(where + " takes float32 here, " + TensorData.typeName(element) + " in the file");
    } else if (element != TensorProto.DataType.FLOAT_VALUE) {
      throw new ImportException(
          where
              + " holds "
              + TensorData.typeName(element)
              + "; export the model with float32 inputs");
    }
    List<Integer> sizes = new ArrayList<>();
    for (int axis = 0; axis < type.getShape().getDimCount(); axis++) {
      TensorShapeProto.Dimension dim = type.getShape().getDim(axis);
      boolean open = !dim.hasDimValue() || dim.getDimValue() <= 0;
      boolean freed = freeBatch && dim.getDimValue() == 1 && type.getShape().getDimCount() > 1;
      if (axis == 0 && (open || freed)) {
        sizes.add(InputSpec.DYNAMIC);
      } else if (open) {
        throw new ImportException(
            where
                + " leaves the size of axis "
                + axis
                + " open; export the model with a fixed size (only the batch may be open)");
      } else {
        sizes.add(WholeNumbers.toInt(dim.getDimValue(), where));
      }
    }
    return new InputSpec(input.getName(), sizes);
  }

  private void translate(GraphAssembler target, NodeProto proto) {
    String name = NodeOrder.name(proto);
    OnnxOperator operator = OnnxOperators.of(proto.getDomain(), proto.getOpType());
    try {
      if (operator == null) {
        throw new ImportException("is not supported");
      }
      for (String output : proto.getOutputList()) {
        if (!output.isEmpty() && target.isKnown(output)) {
          throw new ImportException("defines the value " + output + ", which is defined already");
        }
      }
      boolean mapped = new NodeCursor(target, operator, proto, opset, external, name).read();
      target.count(proto.getOpType(), mapped);
    } catch (ShapeException | ImportException e) {
      throw new ImportException(where(proto, name) + e.getMessage(), e);
    } catch (ArithmeticException e) {
      throw new ImportException(where(proto, name) + "its sizes are out of range", e);
    }
  }

  private String where(NodeProto proto, String name) {
    return name + " (" + proto.getOpType() + ", opset " + opset + "): ";
  }
}
