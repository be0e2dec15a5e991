package dev.graft.importers.graph;

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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds a graph, operation by operation, for a reader of any format. A value is one of three
 * things: a stored tensor, whole numbers known at import, or computed at run time. Of the last,
 * shapes are known for two batch sizes, which tells apart what depends on the batch; so arithmetic
 * on shapes can be carried out here, once.
 */
public final class GraphAssembler {

  /**
   * Two batch sizes: prime and not 1, and small, since what fits at one sample may not fit at many.
   */
  private static final int PROBE_A = 2;

  private static final int PROBE_B = 3;

  private final ConstantFolding folding;
  private final Map<String, Tensor> stored = new LinkedHashMap<>();
  private final Map<String, WholeNumbers> integers = new HashMap<>();
  private final Map<String, String> unavailable = new HashMap<>();
  private final Map<String, Shape> shapesA = new HashMap<>();
  private final Map<String, Shape> shapesB = new HashMap<>();
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final Map<String, Integer> repeated = new HashMap<>();
  private final Map<String, Integer> operators = new TreeMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> untied = new ArrayList<>();
  private final boolean batchFreed;
  private int folded;

  /**
   * @param backend computes constants, in host memory
   * @param allowance bounds the memory that they take
   * @param batchFreed whether a batch that the file fixes is left open
   */
  public GraphAssembler(Backend backend, ReadAllowance allowance, boolean batchFreed) {
    this.folding = new ConstantFolding(backend, allowance);
    this.batchFreed = batchFreed;
  }

  /** Whether a batch that the file fixes is left open. */
  public boolean batchFreed() {
    return batchFreed;
  }

  /** What bounds the work that is done at import. */
  public ConstantFolding folding() {
    return folding;
  }

  /** Adds an input of the model. */
  public void addInput(InputSpec input) {
    inputs.add(input);
    shapesA.put(input.name(), input.bind(PROBE_A));
    shapesB.put(input.name(), input.bind(PROBE_B));
  }

  /** Adds a stored tensor; several names may share one, since nobody writes into it. */
  public void addStored(String name, Tensor tensor) {
    stored.put(name, tensor);
    shapesA.put(name, tensor.shape());
    shapesB.put(name, tensor.shape());
  }

  /** Adds whole numbers that are known. */
  public void addIntegers(String name, WholeNumbers value) {
    integers.put(name, value);
  }

  /** Says why {@code value} is not computed, should anything read it. */
  public void addUnavailable(String value, String why) {
    unavailable.put(value, why);
  }

  /** Adds a line to the report of what may change what the model means: every command tells it. */
  public void warn(String warning) {
    warnings.add(warning);
  }

  /** What may change what the model means, in order. */
  public List<String> warnings() {
    return Collections.unmodifiableList(warnings);
  }

  /** Adds a line to the report of what was changed and means the same. */
  public void note(String note) {
    notes.add(note);
  }

  /** Notes that {@code value} is a copy of a stored tensor from here on. */
  public void untied(String value) {
    untied.add(value);
  }

  /** The lines for the report, in order. */
  public List<String> notes() {
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
  public static String some(Collection<String> names) {
    String first = String.join(", ", names.stream().limit(5).toList());
    return names.size() + ": " + first + (names.size() > 5 ? ", …" : "");
  }

  /** How many of each of the file's operators became a node. */
  public Map<String, Integer> operators() {
    return Collections.unmodifiableMap(operators);
  }

  /** Whether a value of that name is there. */
  public boolean isKnown(String value) {
    return shapesA.containsKey(value) || integers.containsKey(value);
  }

  /** The whole numbers of that name; null if it is something else. */
  public @Nullable WholeNumbers integers(String value) {
    return integers.get(value);
  }

  /** The stored tensor of that name; null if it is something else. */
  public @Nullable Tensor stored(String value) {
    return stored.get(value);
  }

  /** All stored tensors, in order. */
  public Map<String, Tensor> storedTensors() {
    return Collections.unmodifiableMap(stored);
  }

  /**
   * The shape of a float value as whole numbers, multiples of the batch marked.
   *
   * @throws ImportException if there is no such value, or its shape depends on the batch otherwise
   */
  public WholeNumbers shapeOf(String value) {
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
    return new WholeNumbers(Shape.of(sizes.length), sizes, batch);
  }

  /**
   * The shape of a float value for the first probed batch size.
   *
   * @throws ImportException if there is no such value
   */
  public Shape shape(String value) {
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

  /** Counts a finished operator of the file as mapped or as computed at import. */
  public void count(String type, boolean mapped) {
    if (mapped) {
      operators.merge(type, 1, Integer::sum);
    } else {
      folded++;
    }
  }

  /**
   * Adds an operation, or carries it out where everything it reads is known.
   *
   * @param rule what is carried out
   * @param outputs names for the first of the operation's outputs, at least one
   * @return whether a node was added
   * @throws ShapeException if the inputs do not fit
   * @throws ImportException if it cannot be computed, or would mix the samples of a freed batch
   */
  public boolean emit(String name, Op op, FoldRule rule, List<String> reads, List<String> outputs) {
    if (!reads.isEmpty() && integers.keySet().containsAll(reads)) {
      addIntegers(
          outputs.get(0), folding.apply(rule, op, reads.stream().map(integers::get).toList()));
      return false;
    }
    List<Shape> shapes = reads.stream().map(this::shape).toList();
    List<Shape> a = op.outputShapes(shapes);
    List<Shape> b = op.outputShapes(reads.stream().map(shapesB::get).toList());
    if (stored.keySet().containsAll(reads) && folding.takes(rule, op, shapes, a)) {
      List<Tensor> results = folding.evaluate(op, reads.stream().map(stored::get).toList());
      for (int i = 0; i < outputs.size(); i++) {
        addStored(outputs.get(i), results.get(i));
      }
      return false;
    }
    nodes.add(new Node(uniqueName(name), op, reads, outputs));
    for (int i = 0; i < outputs.size(); i++) {
      shapesA.put(outputs.get(i), a.get(i));
      shapesB.put(outputs.get(i), b.get(i));
      if (batchFreed) {
        List<Integer> axes = reads.stream().map(this::batchAxis).toList();
        BatchAxis.expectApart(op, axes, batchAxis(outputs.get(i)), a.get(i).rank());
      }
    }
    return true;
  }

  /**
   * The axis along which the samples of {@code value} lie; -1 if it is the same for all.
   *
   * @throws ImportException if they lie along several, or the axis holds more than the samples
   */
  public int batchAxis(String value) {
    WholeNumbers shape = shapeOf(value);
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
  public Graph graph(List<String> outputs) {
    Map<String, Shape> sizes = new LinkedHashMap<>();
    stored.forEach((name, tensor) -> sizes.put(name, tensor.shape()));
    return new Graph(inputs, sizes, nodes, outputs).ending(outputs);
  }
}
