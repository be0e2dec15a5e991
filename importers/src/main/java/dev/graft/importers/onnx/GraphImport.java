package dev.graft.importers.onnx;

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
import java.util.Collection;
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

  /** Two batch sizes: both prime, not 1, and small enough for large pictures. */
  private static final int PROBE_A = 7;

  private static final int PROBE_B = 11;

  private final Folding folding;
  private final Map<String, Tensor> stored = new LinkedHashMap<>();
  private final Map<String, IntConstant> integers = new HashMap<>();
  private final Map<String, String> unavailable = new HashMap<>();
  private final Map<String, Shape> shapesA = new HashMap<>();
  private final Map<String, Shape> shapesB = new HashMap<>();
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final Map<String, Integer> repeated = new HashMap<>();
  private final Map<String, Integer> operators = new TreeMap<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> untied = new ArrayList<>();
  private final boolean batchFreed;
  private int folded;

  /**
   * @param backend computes constants
   * @param batchFreed whether a batch that the file fixes to 1 is left open
   */
  GraphImport(Backend backend, boolean batchFreed) {
    this.folding = new Folding(backend);
    this.batchFreed = batchFreed;
  }

  boolean batchFreed() {
    return batchFreed;
  }

  Folding folding() {
    return folding;
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

  /** Says why {@code value} is not computed, should anything read it. */
  void addUnavailable(String value, String why) {
    unavailable.put(value, why);
  }

  void note(String note) {
    notes.add(note);
  }

  /** Notes that {@code value} is a copy of a stored tensor from here on. */
  void untied(String value) {
    untied.add(value);
  }

  List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    if (!untied.isEmpty()) {
      all.add(
          "un-tied "
              + some(untied)
              + " (equal when exported, and stored once; each is a tensor of its own here)");
    }
    if (folded > 0) {
      all.add(
          folded + (folded == 1 ? " node" : " nodes") + " computed at import (constants, shapes)");
    }
    return all;
  }

  /** How many there are, and the first names. */
  static String some(Collection<String> names) {
    String first = String.join(", ", names.stream().limit(5).toList());
    return names.size() + ": " + first + (names.size() > 5 ? ", …" : "");
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
    return symbolic(value, shape(value), shapesB.get(value));
  }

  private static IntConstant symbolic(String value, Shape a, Shape b) {
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
    return new IntConstant(Shape.of(sizes.length), sizes, batch);
  }

  /** The shape of a float value for the first probed batch size. */
  Shape shape(String value) {
    Shape shape = shapesA.get(value);
    if (shape == null) {
      String why = unavailable.get(value);
      throw new ImportException(
          why != null
              ? "reads " + value + ", " + why
              : integers.containsKey(value)
                  ? "the value " + value + " holds whole numbers where floats are expected"
                  : "the value " + value + " is not defined");
    }
    return shape;
  }

  /** A node name nobody has yet. */
  private String uniqueName(String wanted) {
    String name = wanted;
    while (!nodeNames.add(name)) {
      name = wanted + "_" + (repeated.merge(wanted, 1, Integer::sum) + 1);
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
    if (!reads.isEmpty() && integers.keySet().containsAll(reads)) {
      addIntegers(output, folding.apply(op, reads.stream().map(integers::get).toList()));
      return false;
    }
    List<Shape> shapes = reads.stream().map(this::shape).toList();
    Shape a = op.outputShapes(shapes).get(0);
    Shape b = op.outputShapes(reads.stream().map(shapesB::get).toList()).get(0);
    if (stored.keySet().containsAll(reads) && folding.takes(op, shapes)) {
      addStored(output, folding.evaluate(op, reads.stream().map(stored::get).toList()));
      return false;
    }
    nodes.add(new Node(uniqueName(name), op, reads, List.of(output)));
    shapesA.put(output, a);
    shapesB.put(output, b);
    if (batchFreed) {
      List<Integer> axes = reads.stream().map(this::batchAxis).toList();
      BatchAxis.expectApart(op, axes, batchAxis(output), a.rank());
    }
    return true;
  }

  /**
   * The axis along which the samples of {@code value} lie; -1 if it is the same for all.
   *
   * @throws ImportException if they lie along several, or the axis holds more than the samples
   */
  int batchAxis(String value) {
    IntConstant shape = shapeOf(value);
    int found = -1;
    for (int axis = 0; axis < shape.size(); axis++) {
      if (shape.batch()[axis]) {
        if (found >= 0 || shape.values()[axis] != 1) {
          throw new ImportException(value + " mixes the batch with other axes");
        }
        found = axis;
      }
    }
    return found;
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
