package dev.graft.importers.onnx;

import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A graph under construction. A value is one of three things: a stored tensor, whole numbers known
 * at import, or computed at run time. Of the last, shapes are known for two batch sizes, which
 * tells apart what depends on the batch; so arithmetic on shapes can be carried out here, once.
 */
final class GraphImport {

  /** Two batch sizes that no network mistakes for anything else: both prime, and not 1 or 3. */
  private static final int PROBE_A = 7;

  private static final int PROBE_B = 11;

  /** Constants are computed at import up to this size; beyond, the node stays. */
  private static final int MAX_FOLDED = 1 << 24;

  private final Backend backend;
  private final Map<String, Tensor> stored = new LinkedHashMap<>();
  private final Map<String, IntConstant> integers = new HashMap<>();
  private final Map<String, Shape> shapesA = new HashMap<>();
  private final Map<String, Shape> shapesB = new HashMap<>();
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final Map<String, Integer> operators = new TreeMap<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, String> unsupportedOutputs = new HashMap<>();
  private final boolean batchFreed;
  private int folded;

  /**
   * @param backend computes constants
   * @param batchFreed whether a batch that the file fixes to 1 is left open
   */
  GraphImport(Backend backend, boolean batchFreed) {
    this.backend = backend;
    this.batchFreed = batchFreed;
  }

  boolean batchFreed() {
    return batchFreed;
  }

  void addInput(InputSpec input) {
    inputs.add(input);
    shapesA.put(input.name(), input.bind(PROBE_A));
    shapesB.put(input.name(), input.bind(PROBE_B));
  }

  void addStored(String name, Tensor tensor) {
    stored.put(name, tensor);
    shapesA.put(name, tensor.shape());
    shapesB.put(name, tensor.shape());
  }

  void addIntegers(String name, IntConstant value) {
    integers.put(name, value);
  }

  void note(String note) {
    notes.add(note);
  }

  List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    if (folded > 0) {
      all.add(
          folded + (folded == 1 ? " node" : " nodes") + " computed at import (constants, shapes)");
    }
    return all;
  }

  Map<String, Integer> operators() {
    return operators;
  }

  boolean isKnown(String value) {
    return shapesA.containsKey(value) || integers.containsKey(value);
  }

  @Nullable IntConstant integers(String value) {
    return integers.get(value);
  }

  @Nullable Tensor stored(String value) {
    return stored.get(value);
  }

  /** The shape of a float value as whole numbers, multiples of the batch marked. */
  IntConstant shapeOf(String value) {
    Shape a = shape(value);
    Shape b = shapesB.get(value);
    long[] sizes = new long[a.rank()];
    boolean[] batch = new boolean[a.rank()];
    for (int axis = 0; axis < sizes.length; axis++) {
      batch[axis] = a.size(axis) != b.size(axis);
      sizes[axis] = batch[axis] ? a.size(axis) / PROBE_A : a.size(axis);
      if (batch[axis]
          && (a.size(axis) != sizes[axis] * PROBE_A || b.size(axis) != sizes[axis] * PROBE_B)) {
        throw new ImportException("the shape of " + value + " is no multiple of the batch size");
      }
    }
    return new IntConstant(1, sizes, batch);
  }

  /** The shape of a float value for the first probed batch size. */
  Shape shape(String value) {
    Shape shape = shapesA.get(value);
    if (unsupportedOutputs.containsKey(value)) {
      throw new ImportException(
          "the value "
              + value
              + " is a further output of "
              + unsupportedOutputs.get(value)
              + ", which is not supported");
    }
    if (shape == null) {
      throw new ImportException(
          integers.containsKey(value)
              ? "the value " + value + " holds whole numbers where floats are expected"
              : "the value " + value + " is not defined");
    }
    return shape;
  }

  /** Notes an output that no operation computes, such as the positions a MaxPool took. */
  void addUnsupportedOutput(String value, String node) {
    unsupportedOutputs.put(value, node);
  }

  /** A node name nobody has yet. */
  String uniqueName(String wanted) {
    String name = wanted;
    for (int i = 2; !nodeNames.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /** Counts a finished ONNX node as mapped or as computed at import. */
  void count(String type, boolean mapped) {
    if (mapped) {
      operators.merge(type, 1, Integer::sum);
    } else {
      folded++;
    }
  }

  /**
   * Adds an operation, or carries it out where everything it reads is stored.
   *
   * @return whether a node was added
   * @throws ShapeException if the inputs do not fit
   */
  boolean emit(String name, Op op, List<String> reads, String output) {
    Shape a = op.outputShapes(reads.stream().map(this::shape).toList()).get(0);
    Shape b = op.outputShapes(reads.stream().map(shapesB::get).toList()).get(0);
    if (stored.keySet().containsAll(reads) && a.elements() <= MAX_FOLDED) {
      addStored(output, evaluate(op, reads));
      return false;
    }
    nodes.add(new Node(uniqueName(name), op, reads, List.of(output)));
    shapesA.put(output, a);
    shapesB.put(output, b);
    return true;
  }

  private Tensor evaluate(Op op, List<String> reads) {
    Tape tape = new Tape(backend);
    Value[] values =
        reads.stream()
            .map(name -> tape.constant(stored.get(name).upload(backend)))
            .toArray(Value[]::new);
    Tensor result = tape.apply(op, values).tensor();
    // Through a copy: a view of a stored tensor would tie the two together.
    return Tensor.of(
        result.shape(), Arrays.copyOf(result.download(backend), result.shape().elements()));
  }

  /** The finished graph, without what its outputs do not need. */
  Graph graph(List<String> outputs) {
    Map<String, Shape> sizes = new LinkedHashMap<>();
    stored.forEach((name, tensor) -> sizes.put(name, tensor.shape()));
    return new Graph(inputs, sizes, nodes, outputs).ending(outputs);
  }

  Map<String, Tensor> storedTensors() {
    return stored;
  }
}
