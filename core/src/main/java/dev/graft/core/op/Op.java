package dev.graft.core.op;

import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A differentiable operation: a pure function of its inputs, with its attributes as record
 * components. Each implementation holds its forward rule, its backward rule and what forward saves
 * side by side.
 *
 * <p>An operation never keeps state and never changes an input. What a training step must remember
 * (running statistics) it returns as outputs, see {@link #stateUpdates()}.
 */
public interface Op {

  /** The ONNX operator this is, such as {@code Conv}. */
  String type();

  /**
   * The shapes of the outputs for inputs of the given shapes. This is where everything is
   * validated: {@link #forward} and the kernels below assume it passed.
   *
   * @throws ShapeException if the inputs do not fit, with both shapes and a remedy
   */
  List<Shape> outputShapes(List<Shape> inputs);

  /**
   * What can be told of the outputs from what is known of the inputs. By default shapes as {@link
   * #outputShapes} has them; whole numbers are taken by operations that {@link #movesElements only
   * move} them, and their numbers are known where those of the inputs are.
   *
   * @param inputs null for one that is absent
   * @throws ShapeException if the inputs do not fit, or hold what this does not compute with
   * @throws dev.graft.core.tensor.OpenSizeException if nothing can be told while a size is open
   */
  default List<Fact> infer(List<@Nullable Fact> inputs) {
    return Inference.of(this, inputs);
  }

  /**
   * What it makes of two whole numbers, for an element-wise operation that is defined for them;
   * null by default.
   */
  default @Nullable BinaryOperator<Size> onNumbers() {
    return null;
  }

  /**
   * Whether every element of the outputs is one of the inputs as it is, so that it works on whole
   * numbers as it does on floats. False by default.
   */
  default boolean movesElements() {
    return false;
  }

  /** Whether the outputs hold truth values: 1 for true, 0 for false. False by default. */
  default boolean yieldsTruth() {
    return false;
  }

  /** Whether input {@code i} is taken as truth values, 0 being false. False by default. */
  default boolean takesTruth(int i) {
    return false;
  }

  /** Shapes of the temporary tensors that forward fills for backward; none by default. */
  default List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    return List.of();
  }

  /**
   * Shapes of the temporary tensors that {@link #forward} works with and that mean nothing
   * afterwards, see {@link Forward#temporary}; none by default. They are declared, so that what an
   * operation takes is known before anything runs.
   */
  default List<Shape> forwardTemporaries(List<Shape> inputs) {
    return List.of();
  }

  /** The same for {@link #backward}, given which gradients are wanted. */
  default List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of();
  }

  /** What backward will read, given which gradients are wanted. */
  Saves saves(Needs needs);

  /** Computes the outputs. Not called for an operation that {@link #isView() is a view}. */
  void forward(Forward call);

  /** Writes the gradient of every input that needs one. */
  void backward(Backward call);

  /**
   * Whether the single output has the very elements of the first input in the same order, so that
   * it may share storage; the gradient is shared likewise.
   */
  default boolean isView() {
    return false;
  }

  /**
   * Whether the first output, where it has the shape of input {@code i}, may overwrite that input:
   * forward reads no element of it after writing the one in its place. False by default.
   */
  default boolean mayOverwrite(int i) {
    return false;
  }

  /**
   * Whether the gradient of input {@code i}, where it has the shape of the output, may overwrite
   * the output's gradient. False by default.
   */
  default boolean mayOverwriteGradient(int i) {
    return false;
  }

  /**
   * Whether the gradient of input {@code i}, where it has as many elements as the only output that
   * has one, is that output's gradient itself: nothing is computed then, storage is shared. False
   * by default.
   */
  default boolean passesGradient(int i) {
    return false;
  }

  /**
   * Whether {@link #forwardAgain} takes no more than a pass over memory, so that a training step
   * rather computes the first output twice than keeps it for backward. False by default.
   */
  default boolean isCheap() {
    return false;
  }

  /**
   * Computes the first output again, to the same bits, from the inputs and, where backward keeps
   * them, the scratch tensors that {@link #forward} has written; they are read only here.
   */
  default void forwardAgain(Forward call) {
    forward(call);
  }

  /** Whether the rules draw random numbers, so that their key differs from step to step. */
  default boolean isRandom() {
    return false;
  }

  /**
   * This operation as it runs in a training step where it is not frozen: BatchNormalization takes
   * the statistics of the batch, Dropout drops. Most operations are the same in both.
   */
  default Op inTraining() {
    return this;
  }

  /**
   * Whether output {@code i} can have a gradient; running statistics have none. The first alone by
   * default. Backward is called when any of those that can has one.
   */
  default boolean differentiableOutput(int i) {
    return i == 0;
  }

  /** Whether a gradient can be asked for at input {@code i}; statistics and targets have none. */
  default boolean differentiable(int i) {
    return true;
  }

  /** Positions of the inputs where a stored tensor is a trainable weight, bias, or scale. */
  default Set<Integer> parameterInputs() {
    return Set.of();
  }

  /** Positions of the inputs where a stored tensor is state, such as a running mean. */
  default Set<Integer> stateInputs() {
    return Set.of();
  }

  /**
   * Positions of the inputs where a stored vector is the bias of the layer right before it, where
   * that {@link #leavesBias() leaves its bias} to this operation: a parameter then, else a
   * constant.
   */
  default Set<Integer> biasInputs() {
    return Set.of();
  }

  /**
   * Whether this is a layer without an input for its bias, which therefore comes with the operation
   * behind it. False by default.
   */
  default boolean leavesBias() {
    return false;
  }

  /**
   * What the tensor stored for input {@code i} starts from in a network from scratch. Every
   * operation answers for its parameters, its state and its {@link #biasInputs()}.
   *
   * @param stored that tensor's shape
   * @throws IllegalArgumentException by default: no number is right for all
   */
  default Initializer initializer(int i, Shape stored) {
    throw new IllegalArgumentException(
        type() + " does not say what its input " + i + " starts from; override initializer");
  }

  /**
   * Axis of the weight, input 1, along which it counts the units of this layer: a head is made for
   * other classes there. Negative from the end; empty, as by default, where that cannot be.
   */
  default OptionalInt unitAxis() {
    return OptionalInt.empty();
  }

  /**
   * This operation behind a layer that gets another number of units; the same by default.
   *
   * @param before old number of units
   * @param after new number of units
   */
  default Op resized(int before, int after) {
    return this;
  }

  /**
   * Whether this bends the output of the layer before it and belongs to that layer: it goes when
   * the layer is replaced by logits, which must be free to have any value. False by default.
   */
  default boolean activates() {
    return false;
  }

  /**
   * Whether this keeps the activations behind it in a fixed range, whatever the weights before it
   * do: a whole network can then be trained at a higher rate. False by default.
   */
  default boolean normalizes() {
    return false;
  }

  /** What the output is where the input holds the logits of a classifier; nothing by default. */
  default Scores scores() {
    return Scores.NONE;
  }

  /** Output position to input position: after a training step, the output replaces that state. */
  default Map<Integer, Integer> stateUpdates() {
    return Map.of();
  }

  /**
   * The axis of the outputs along which sample i depends on sample i of the inputs that hold
   * samples and on the whole of the others alone, so that {@link #forward} can be given a part of
   * them. {@link Samples#MIXED} by default, which is always safe.
   *
   * @param inputs the number of samples is open in them, and so told from every other size
   * @param axes the axis of the samples in each input, {@link Samples#NONE} where it is the same
   *     for all of them; at least one holds samples, and none is mixed
   */
  default int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    return Samples.MIXED;
  }

  /** The same for output {@code output}; by default it is the same for all of them. */
  default int sampleAxis(int output, List<Fact> inputs, List<Integer> axes) {
    return sampleAxis(inputs, axes);
  }

  /**
   * This operation where all that it reads has its axes in another order: with {@code x_i =
   * T(x'_i)} for a Transpose T by {@code order}, {@code op(x) = U(op'(x'))}, where U is a Transpose
   * by the order that is told with {@code op'}. Operands that broadcast have as many axes as the
   * order, or one element. So Transposes wander through a network until they meet and cancel.
   *
   * @param order of the axes: axis i of what this reads is axis {@code order.axis(i)} of what the
   *     other operation reads
   * @return null, as by default, where the places of axes have a meaning that cannot be said
   *     otherwise, as channels and height have for a convolution
   */
  default @Nullable Reordered reordered(AxisOrder order) {
    return null;
  }

  /** Multiply-adds of one forward pass; 0 for operations that are bound by memory. */
  default long multiplyAdds(List<Shape> inputs) {
    return 0;
  }
}
