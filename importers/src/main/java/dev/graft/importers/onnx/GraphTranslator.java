package dev.graft.importers.onnx;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.OpenSizeException;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportReport;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.GraphAssembler;
import dev.graft.importers.graph.WholeNumbers;
import dev.graft.importers.onnx.operator.NodeCursor;
import dev.graft.importers.onnx.operator.OnnxOperator;
import dev.graft.importers.onnx.operator.OnnxOperators;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorShapeProto;
import dev.graft.importers.onnx.proto.TypeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import dev.graft.importers.onnx.tensor.ExternalData;
import dev.graft.importers.onnx.tensor.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

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
  private final Initializers initializers;

  /**
   * @throws ImportException if the nodes are in no order or of operators without a mapping
   */
  GraphTranslator(ModelProto model, int opset, ExternalData external, Metadata metadata) {
    this.graph = model.getGraph();
    this.opset = opset;
    this.external = external;
    this.metadata = metadata;
    this.order = NodeOrder.of(graph);
    Set<String> functions = new TreeSet<>();
    model
        .getFunctionsList()
        .forEach(f -> functions.add(OnnxOperators.key(f.getDomain(), f.getName())));
    UnsupportedOperators.refuse(order.nodes(), functions, opset);
    this.initializers = Initializers.read(graph, order.values(), external);
  }

  /**
   * Reads the graph.
   *
   * @param opensBatch whether its batch is left open where the file fixes it and nothing needs it
   */
  ImportedModel read(List<String> warnings, boolean opensBatch) {
    int batch = opensBatch ? fixedBatch() : GraphAssembler.AS_IT_IS;
    if (batch == GraphAssembler.AS_IT_IS) {
      return build(batch, warnings, List.of());
    }
    try {
      return build(
          batch, warnings, List.of("the batch, fixed to " + batch + " in the file, is left open"));
    } catch (ImportException | ShapeException e) {
      List<String> more = new ArrayList<>(warnings);
      more.add("the batch stays " + batch + " as the file fixes it: " + e.getMessage());
      return build(GraphAssembler.AS_IT_IS, more, List.of());
    }
  }

  /** The first size of the first input, if it is fixed and other axes are behind it. */
  private int fixedBatch() {
    return inputs()
        .filter(input -> order.values().contains(input.getName()))
        .map(input -> input.getType().getTensorType().getShape())
        .filter(shape -> shape.getDimCount() > 1)
        .findFirst()
        .map(shape -> shape.getDim(0).getDimValue())
        .filter(size -> size > 0 && size <= Integer.MAX_VALUE)
        .map(Long::intValue)
        .orElse(GraphAssembler.AS_IT_IS);
  }

  /** What is fed: older files list the stored tensors among the inputs as well. */
  private Stream<ValueInfoProto> inputs() {
    return graph.getInputList().stream()
        .filter(input -> !initializers.names().contains(input.getName()));
  }

  private ImportedModel build(int batch, List<String> warnings, List<String> notes) {
    try (Backend backend = new JavaBackend(1)) {
      GraphAssembler target = new GraphAssembler(backend, external.allowance().again(), batch);
      warnings.forEach(target::warn);
      notes.forEach(target::note);
      initializers.addTo(target);
      Set<String> unread = new TreeSet<>();
      inputs()
          .forEach(
              input -> {
                if (order.values().contains(input.getName())) {
                  target.addInput(inputSpec(target, input));
                } else {
                  unread.add(input.getName());
                }
              });
      for (NodeProto node : order.nodes()) {
        translate(target, node);
      }
      Graph built = target.graph(outputs(target));
      if (built.inputs().stream().anyMatch(input -> !input.fact().isFloat())) {
        built.facts(); // Refuses an operation that does not compute with whole numbers.
      }
      Model model = new Model(built, Weights.of(target.storedTensors()), metadata(target, built));
      Set<String> unstored = new TreeSet<>(initializers.names());
      unstored.removeAll(built.stored().keySet());
      return new ImportedModel(model, report(target, unstored, unread));
    }
  }

  private List<String> outputs(GraphAssembler target) {
    List<String> outputs = new ArrayList<>();
    for (ValueInfoProto output : graph.getOutputList()) {
      target.computeOutput(output.getName());
      String kept = target.canonical(output.getName());
      if (!kept.equals(output.getName())) {
        target.emit(
            output.getName(),
            new Identity(),
            FoldRule.NEVER,
            List.of(kept),
            List.of(output.getName()));
      }
      target.shape(output.getName());
      if (target.sampleAxis(output.getName()) > 0) {
        throw new ImportException(output.getName() + " has the batch behind other axes");
      }
      if (target.opensBatch() && target.lacksBatch(output.getName())) {
        target.note(output.getName() + " has a batch here, which the file has dropped");
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
    target.warn("the head " + head + " that the file names is no node of it; it is found anew");
    return metadata.withHead(null);
  }

  private ImportReport report(GraphAssembler target, Set<String> unstored, Set<String> unread) {
    List<String> notes = new ArrayList<>(target.notes());
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
      notes.add("stored tensors that became attributes, " + GraphAssembler.some(absorbed));
    }
    return new ImportReport(
        "ONNX, opset " + opset, target.operators(), target.warnings(), notes, ignored);
  }

  private InputSpec inputSpec(GraphAssembler target, ValueInfoProto input) {
    String where = "input " + input.getName();
    TypeProto.Tensor type = input.getType().getTensorType();
    if (!input.getType().hasTensorType() || !type.hasShape()) {
      throw new ImportException(where + " is no tensor of known rank");
    }
    int element = type.getElemType();
    if (CONVERTED.contains(element)) {
      target.note(where + " takes float32 here, " + TensorData.typeName(element) + " in the file");
    }
    List<Size> sizes = new ArrayList<>();
    int rank = type.getShape().getDimCount();
    for (int axis = 0; axis < rank; axis++) {
      TensorShapeProto.Dimension dim = type.getShape().getDim(axis);
      boolean opened =
          axis == 0 && rank > 1 && target.opensBatch() && dim.getDimValue() == target.fileBatch();
      boolean open = !dim.hasDimValue() || dim.getDimValue() <= 0;
      if (opened || open && axis == 0) {
        sizes.add(Size.BATCH);
      } else if (open) {
        String name = dim.getDimParam().isEmpty() ? "size" + axis : dim.getDimParam();
        sizes.add(Size.open(name, input.getName()));
      } else {
        sizes.add(Size.of(WholeNumbers.toInt(dim.getDimValue(), where)));
      }
    }
    return new InputSpec(input.getName(), elementType(where, element), Shape.ofSizes(sizes));
  }

  private static ElementType elementType(String where, int element) {
    return switch (element) {
      case TensorProto.DataType.FLOAT_VALUE,
          TensorProto.DataType.FLOAT16_VALUE,
          TensorProto.DataType.BFLOAT16_VALUE,
          TensorProto.DataType.DOUBLE_VALUE ->
          ElementType.FLOAT32;
      case TensorProto.DataType.INT64_VALUE -> ElementType.INT64;
      case TensorProto.DataType.BOOL_VALUE -> ElementType.BOOL;
      default ->
          throw new ImportException(
              where
                  + " holds "
                  + TensorData.typeName(element)
                  + "; export the model with float32, int64 or bool inputs");
    };
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
    } catch (OpenSizeException e) {
      throw new ImportException(
          where(proto, name) + e.getMessage() + "; export the model with that size fixed", e);
    }
  }

  private String where(NodeProto proto, String name) {
    return name + " (" + proto.getOpType() + ", opset " + opset + "): ";
  }
}
