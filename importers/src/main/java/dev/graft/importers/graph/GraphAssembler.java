package dev.graft.importers.graph;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.op.Samples;
import dev.graft.core.op.layout.Constant;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds a graph, operation by operation, for a reader of any format. A value is one of three
 * things: a stored tensor, whole numbers known at import, or computed at run time. Of the last,
 * shapes are known but for the sizes that are open; so arithmetic on shapes can be carried out
 * here, once.
 *
 * <p>A file may fix its batch, to 1 or to 4, where the network itself would do with any. The batch
 * is then left open, and of every value two shapes are kept: with the batch open, and as the file
 * has it. The operations say along which axis the samples lie; where they meet, or the two shapes
 * are not those of one network, the batch cannot be opened.
 */
public final class GraphAssembler {

  /**
   * Slices of whole numbers that are looked up and not yet what they stand for.
   *
   * @param table name of the whole numbers
   * @param indices name of the positions that are fed
   * @param axis of the table
   */
  public record Lookup(String table, String indices, int axis) {}

  /** A batch that needs no opening: it is open already, or stays as it is. */
  public static final int AS_IT_IS = 0;

  private final ConstantFolding folding;
  private final Map<String, Tensor> stored = new LinkedHashMap<>();
  private final Map<String, WholeNumbers> integers = new HashMap<>();
  private final Map<String, String> aliases = new HashMap<>();
  private final Map<String, String> unavailable = new HashMap<>();
  private final Map<String, Shape> shapes = new HashMap<>();
  private final Set<String> truths = new HashSet<>();
  private final Set<String> fedWhole = new HashSet<>();

  /** Of quantised networks: the types of whole numbers, and what has no scale of its own. */
  private final Map<String, Integer> fileTypes = new HashMap<>();

  private final Set<String> real = new HashSet<>();
  private final Set<String> zeros = new HashSet<>();
  private final Map<String, Lookup> lookups = new HashMap<>();

  /** Of a batch that is opened: the shapes that the file has, and where the samples lie. */
  private final Map<String, Shape> fileShapes = new HashMap<>();

  private final Map<String, Integer> sampleAxes = new HashMap<>();
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> nodeNames = new HashSet<>();
  private final Map<String, Integer> repeated = new HashMap<>();
  private final Map<String, Integer> operators = new TreeMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> untied = new ArrayList<>();
  private final int fileBatch;
  private int folded;

  /**
   * @param backend computes constants, in host memory
   * @param allowance bounds the memory that they take
   * @param fileBatch the batch that the file fixes and that is opened, or {@link #AS_IT_IS}
   */
  public GraphAssembler(Backend backend, ReadAllowance allowance, int fileBatch) {
    this.folding = new ConstantFolding(backend, allowance);
    this.fileBatch = fileBatch;
  }

  /** Whether a batch that the file fixes is opened. */
  public boolean opensBatch() {
    return fileBatch != AS_IT_IS;
  }

  /** The batch that the file fixes, where it is opened. */
  public int fileBatch() {
    return fileBatch;
  }

  /** What bounds the work that is done at import. */
  public ConstantFolding folding() {
    return folding;
  }

  /** Adds an input of the model; if its batch is opened, its first axis is open. */
  public void addInput(InputSpec input) {
    inputs.add(input);
    if (input.type() != ElementType.FLOAT32) {
      fedWhole.add(input.name());
    }
    if (input.type() == ElementType.BOOL) {
      truths.add(input.name());
    }
    shapes.put(input.name(), input.shape());
    if (opensBatch()) {
      boolean samples = input.isBatched();
      sampleAxes.put(input.name(), samples ? 0 : Samples.NONE);
      fileShapes.put(input.name(), samples ? input.shape().with(0, fileBatch) : input.shape());
    }
  }

  /** The inputs so far, in order. */
  public List<InputSpec> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  /** Adds a stored tensor; several names may share one, since nobody writes into it. */
  public void addStored(String name, Tensor tensor) {
    stored.put(name, tensor);
    shapes.put(name, tensor.shape());
    fileShapes.put(name, tensor.shape());
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

  /**
   * Makes an output of the model of a value that is known: whole numbers are a node of their own.
   */
  public void computeOutput(String value) {
    WholeNumbers whole = integers.get(canonical(value));
    if (whole != null) {
      List<Long> numbers = whole.toLongs(value);
      Constant constant = new Constant(ElementType.INT64, whole.shape(), numbers);
      nodes.add(new Node(uniqueName(value), constant, List.of(), List.of(value)));
      shapes.put(value, whole.shape());
      aliases.remove(value);
    } else if (stored.containsKey(canonical(value))) {
      String kept = canonical(value) + "/stored";
      stored.put(kept, stored.get(canonical(value)));
      shapes.put(kept, shape(canonical(value)));
      stored.remove(value);
      aliases.remove(value);
      emit(value, new Identity(), FoldRule.NEVER, List.of(kept), List.of(value));
    }
  }

  /** Gives the value {@code of} a further name, as a conversion that changes nothing does. */
  public void addAlias(String value, String of) {
    aliases.put(value, canonical(of));
  }

  /** The name under which the value of that name is kept. */
  public String canonical(String value) {
    return aliases.getOrDefault(value, value);
  }

  /** Whether a value of that name is there. */
  public boolean isKnown(String value) {
    return aliases.containsKey(value) || shapes.containsKey(value) || integers.containsKey(value);
  }

  /** The whole numbers of that name; null if it is something else. */
  public @Nullable WholeNumbers integers(String value) {
    return integers.get(value);
  }

  /** The stored tensor of that name; null if it is something else. */
  public @Nullable Tensor stored(String value) {
    return stored.get(value);
  }

  /** Whether a value is whole numbers or truth values that are fed, perhaps moved. */
  public boolean isFedWhole(String value) {
    return fedWhole.contains(value);
  }

  /** Notes the type that whole numbers have in the file, as its format counts types. */
  public void setFileType(String value, int type) {
    fileTypes.put(value, type);
  }

  /** The type that whole numbers have in the file; 0 where nothing noted it. */
  public int fileType(String value) {
    return fileTypes.getOrDefault(value, 0);
  }

  /**
   * Notes that a value is looked up in a quantised table: it is computed once its scale is told.
   */
  public void addLookup(String value, Lookup lookup) {
    lookups.put(value, lookup);
    addUnavailable(value, "which is looked up in a quantised table whose scale is not applied");
  }

  /** What was noted so; null for any other value. */
  public @Nullable Lookup lookup(String value) {
    return lookups.get(value);
  }

  /** Notes that all elements of a value, whose sizes may be open, are 0. */
  public void markZero(String value) {
    zeros.add(value);
  }

  /** Whether that was noted. */
  public boolean isZero(String value) {
    return zeros.contains(value);
  }

  /** Notes that a value is quantised in the file, by a scale that follows from itself. */
  public void markReal(String value) {
    real.add(value);
  }

  /** Whether that was noted. */
  public boolean isReal(String value) {
    return real.contains(value);
  }

  /** Whether a value that is computed or fed holds truth values. */
  public boolean isTruth(String value) {
    return truths.contains(value);
  }

  /** All stored tensors, in order. */
  public Map<String, Tensor> storedTensors() {
    return Collections.unmodifiableMap(stored);
  }

  /**
   * The shape of a float value; sizes may be open.
   *
   * @throws ImportException if there is no such value
   */
  public Shape shape(String value) {
    Shape shape = shapes.get(value);
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
   * @param reads the empty name for an optional input that is absent
   * @param outputs names for the first of the operation's outputs, at least one
   * @return whether a node was added
   * @throws ShapeException if the inputs do not fit
   * @throws ImportException if it cannot be computed, or would mix the samples of a freed batch
   */
  public boolean emit(String name, Op op, FoldRule rule, List<String> reads, List<String> outputs) {
    if (!reads.isEmpty() && integers.keySet().containsAll(reads)) {
      List<WholeNumbers> computed =
          folding.apply(rule, op, reads.stream().map(integers::get).toList());
      for (int i = 0; i < outputs.size(); i++) {
        addIntegers(outputs.get(i), computed.get(i));
      }
      return false;
    }
    List<@Nullable Shape> read = optional(reads, this::shape);
    List<Shape> results = op.outputShapes(read);
    if (stored.keySet().containsAll(reads) && folding.takes(rule, op, read, results)) {
      List<Tensor> values = folding.evaluate(op, reads.stream().map(stored::get).toList());
      for (int i = 0; i < outputs.size(); i++) {
        addStored(outputs.get(i), values.get(i));
      }
      return false;
    }
    nodes.add(new Node(uniqueName(name), op, reads, outputs));
    if (op.movesElements() && reads.stream().anyMatch(fedWhole::contains)) {
      fedWhole.addAll(outputs);
    }
    if (op.yieldsTruth() || op.movesElements() && truths.containsAll(reads)) {
      truths.addAll(outputs);
    }
    for (int i = 0; i < outputs.size(); i++) {
      shapes.put(outputs.get(i), results.get(i));
    }
    if (opensBatch()) {
      followSamples(op, reads, read, outputs);
    }
    return true;
  }

  private static List<@Nullable Shape> optional(
      List<String> values, Function<String, Shape> shape) {
    return values.stream().<@Nullable Shape>map(v -> v.isEmpty() ? null : shape.apply(v)).toList();
  }

  private void followSamples(
      Op op, List<String> reads, List<@Nullable Shape> shapes, List<String> outputs) {
    List<Integer> axes = reads.stream().map(this::sampleAxis).toList();
    boolean any = axes.stream().anyMatch(axis -> axis != Samples.NONE);
    List<@Nullable Fact> facts =
        shapes.stream().<@Nullable Fact>map(s -> s == null ? null : Fact.of(s)).toList();
    List<Shape> inFile = op.outputShapes(optional(reads, this::fileShape));
    for (int i = 0; i < outputs.size(); i++) {
      int axis = any ? op.sampleAxis(i, facts, axes) : Samples.NONE;
      if (axis == Samples.MIXED) {
        throw new ImportException("works across the batch");
      }
      expectOneNetwork(this.shapes.get(outputs.get(i)), axis, inFile.get(i));
      sampleAxes.put(outputs.get(i), axis);
      fileShapes.put(outputs.get(i), inFile.get(i));
    }
  }

  /** With the batch that the file has, or where that is 1 without it, the shapes are the same. */
  private void expectOneNetwork(Shape opened, int axis, Shape inFile) {
    Shape closed = axis < 0 ? opened : opened.with(axis, fileBatch);
    if (!closed.equals(inFile) && !(axis >= 0 && isDropped(opened, axis, inFile))) {
      throw new ImportException(
          "makes " + opened + " of an open batch, and " + inFile + " in the file");
    }
  }

  private boolean isDropped(Shape opened, int axis, Shape inFile) {
    List<Size> left = new ArrayList<>(opened.dims());
    left.remove(axis);
    return fileBatch == 1 && axis == 0 && left.equals(inFile.dims());
  }

  /**
   * Says of a value that has just been computed that the file has it without the axis of its only
   * sample; here the samples stay along the first axis.
   */
  public void dropsBatch(String value) {
    Shape opened = shape(value);
    fileShapes.put(value, opened.axes(1, opened.rank()));
  }

  /** Whether the file has a value without the axis along which its samples lie here. */
  public boolean lacksBatch(String value) {
    return sampleAxis(value) == 0 && fileShape(value).rank() < shape(value).rank();
  }

  /** The shape that the file has, where a batch is opened. */
  public Shape fileShape(String value) {
    return fileShapes.getOrDefault(value, shape(value));
  }

  /** The axis along which the samples of an opened batch lie; {@link Samples#NONE} for none. */
  public int sampleAxis(String value) {
    return sampleAxes.getOrDefault(value, Samples.NONE);
  }

  /** The finished graph, without what its outputs do not need. */
  public Graph graph(List<String> outputs) {
    Map<String, Shape> sizes = new LinkedHashMap<>();
    stored.forEach((name, tensor) -> sizes.put(name, tensor.shape()));
    return new Graph(inputs, sizes, nodes, outputs).ending(outputs);
  }
}
