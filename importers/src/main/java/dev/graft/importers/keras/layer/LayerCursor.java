package dev.graft.importers.keras.layer;

import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.GraphAssembler;
import dev.graft.importers.keras.config.Argument;
import dev.graft.importers.keras.config.Call;
import dev.graft.importers.keras.config.LayerConfig;
import dev.graft.importers.keras.config.TensorRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The call of a layer that is being read: what its config says, what it is called with, its
 * weights, and a place to put the operations that it becomes. The first of these without a suffix
 * has the layer's name; the others have it before theirs: {@code conv1/relu}.
 */
public final class LayerCursor {

  private final GraphAssembler graph;
  private final LayerConfig config;
  private final Call call;
  private final Function<TensorRef, String> values;
  private final LayerWeights weights;
  private final String name;
  private final String prefix;
  private final Set<String> masked;

  /**
   * @param graph where the operations go
   * @param call of the layer
   * @param values what its references stand for
   * @param weights of the layer
   * @param name for what it becomes; of a shared layer each call has another
   * @param masked values some steps of which Keras passes over; the layer may add to them
   */
  public LayerCursor(
      GraphAssembler graph,
      LayerConfig config,
      Call call,
      Function<TensorRef, String> values,
      LayerWeights weights,
      String name,
      Set<String> masked) {
    this(graph, config, call, values, weights, name, "", masked);
  }

  private LayerCursor(
      GraphAssembler graph,
      LayerConfig config,
      Call call,
      Function<TensorRef, String> values,
      LayerWeights weights,
      String name,
      String prefix,
      Set<String> masked) {
    this.graph = graph;
    this.config = config;
    this.call = call;
    this.values = values;
    this.weights = weights;
    this.name = name;
    this.prefix = prefix;
    this.masked = masked;
  }

  /** The layer within this one, a wrapper, called on one value. */
  LayerCursor inner(LayerConfig inner, String folder, String input) {
    TensorRef only = new TensorRef("", 0, 0);
    return new LayerCursor(
        graph,
        inner,
        Call.of(only),
        ref -> input,
        weights,
        folder.equals("layer") ? name : name + "/" + folder,
        prefix + folder + "/",
        masked);
  }

  LayerConfig config() {
    return config;
  }

  GraphAssembler graph() {
    return graph;
  }

  String name() {
    return name;
  }

  Call call() {
    return call;
  }

  /** Every tensor among the positional arguments, in order. */
  List<String> inputs() {
    return call.positional().stream().flatMap(Argument::references).map(values).toList();
  }

  /** Every tensor that the layer is called with, by position and then by name, in order. */
  List<String> allInputs() {
    return call.references().map(values).toList();
  }

  /** What a reference stands for. */
  String value(TensorRef ref) {
    return values.apply(ref);
  }

  /**
   * The only input.
   *
   * @throws ImportException if there are several
   */
  String input() {
    List<String> inputs = inputs();
    if (inputs.size() != 1) {
      throw new ImportException("expects one input, found " + inputs.size());
    }
    return inputs.get(0);
  }

  Shape shape(String value) {
    return graph.shape(value);
  }

  /** The operation that the layer is. */
  String emit(Op op, String... reads) {
    return step("", op, reads);
  }

  /** An operation on the way; its suffix tells it from others of the layer. */
  String step(String suffix, Op op, String... reads) {
    return steps(suffix, op, 1, reads).get(0);
  }

  /** The first outputs of an operation that has several. */
  List<String> steps(String suffix, Op op, int outputs, String... reads) {
    String wanted = suffix.isEmpty() ? name : name + "/" + suffix;
    String value = wanted;
    for (int again = 2; graph.isKnown(value); again++) {
      value = wanted + "_" + again;
    }
    List<String> names = new ArrayList<>(List.of(value));
    for (int i = 1; i < outputs; i++) {
      names.add(value + "." + i);
    }
    graph.emit(value, op, FoldRule.NEVER, Arrays.asList(reads), names);
    return names;
  }

  /** A constant of the layer's own. */
  String constant(String suffix, Tensor tensor) {
    String constant = name + "/" + suffix;
    if (!graph.isKnown(constant)) {
      graph.addStored(constant, tensor);
    }
    return constant;
  }

  /** A number that is broadcast. */
  String constant(String suffix, double number) {
    return constant(suffix, Tensor.of(Shape.SCALAR, (float) number));
  }

  /** {@code x [N,…,C]} with the channels behind the samples, unless the config has them there. */
  String channelsFirst(String x) {
    return config.channelsFirst() ? x : step("channels_first", new Transpose(toFirst(rank(x))), x);
  }

  /** Back again from {@link #channelsFirst}. */
  String channelsBack(String x) {
    return config.channelsFirst() ? x : step("channels_last", new Transpose(toLast(rank(x))), x);
  }

  int rank(String value) {
    return shape(value).rank();
  }

  /** The permutation of {@code [N,…,C]} to {@code [N,C,…]}. */
  static List<Integer> toFirst(int rank) {
    return IntStream.range(0, rank).mapToObj(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1).toList();
  }

  /** The permutation of {@code [N,C,…]} to {@code [N,…,C]}. */
  static List<Integer> toLast(int rank) {
    return IntStream.range(0, rank).mapToObj(i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1).toList();
  }

  /** The axis of the channels of an input. */
  int channelAxis(String x) {
    return config.channelsFirst() ? 1 : rank(x) - 1;
  }

  /**
   * The number of channels of an input.
   *
   * @throws dev.graft.core.tensor.OpenSizeException if it is open
   */
  int channels(String x) {
    return shape(x).size(channelAxis(x));
  }

  /**
   * A weight as the file has it.
   *
   * @param accepted shapes that it may have; with any other the file does not fit its config, which
   *     is told when all layers have been read
   */
  Tensor array(String slot, Shape... accepted) {
    return weights.read(prefix + slot, accepted);
  }

  /** Whether the file holds a weight. */
  boolean hasArray(String slot) {
    return weights.has(prefix + slot);
  }

  /** Stores a weight, once for all calls of the layer; returns its name in the graph. */
  String weight(String slot, Supplier<Tensor> contents) {
    return weights.store(graph, prefix + slot, contents);
  }

  /** Stores a weight as it is in the file. */
  String weight(String slot, Shape shape) {
    return weight(slot, () -> array(slot, shape));
  }

  /** Stores what the file leaves out since it is the same for all: not trained. */
  String fixedWeight(String slot, Tensor contents) {
    weights.freeze(prefix + slot);
    return weight(slot, () -> contents);
  }

  /** Says that the model means something else in training than Keras has it. */
  void note(String note) {
    graph.note(config + ": " + note);
  }

  /** Says that Keras passes over some steps of a value. */
  void mask(String value) {
    masked.add(value);
  }

  /**
   * @throws ImportException if Keras would pass over steps of a value, which is not supported
   */
  void expectNoMask(String value) {
    if (masked.contains(value)) {
      throw unsupported(
          "a mask (mask_zero of an Embedding, or Masking) that steps are passed over by");
    }
  }

  /** Says what every command that uses the model should tell. */
  void warn(String warning) {
    graph.warn(config + ": " + warning);
  }

  ImportException unsupported(String what) {
    return new ImportException(what + " is not supported");
  }
}
