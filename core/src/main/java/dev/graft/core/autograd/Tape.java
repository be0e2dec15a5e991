package dev.graft.core.autograd;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode automatic differentiation (Griewank and Walther, "Evaluating Derivatives", 2008).
 * Operations run as they are applied; the ones that lead from a trainable leaf are recorded with
 * exactly what they {@link Op#saves declare} to need, and {@link #backward} plays them in reverse.
 *
 * <p>Whatever depends on no trainable leaf leaves no trace: no step, no saved byte. A tape is for
 * one forward and one backward pass, and for one thread.
 */
public final class Tape {

  /** Number of an input that is not there. */
  private static final int ABSENT = -1;

  private final Backend backend;
  private final List<Step> steps = new ArrayList<>();
  private final Set<Integer> savedValues = new HashSet<>();
  private long savedBytes;
  private int count;

  public Tape(Backend backend) {
    this.backend = backend;
  }

  /** One recorded operation; tensors that were not saved are null and may be collected. */
  private record Step(
      Op op,
      Needs needs,
      int[] inputs,
      int[] outputs,
      List<@Nullable Shape> inputShapes,
      List<@Nullable Tensor> savedInputs,
      List<@Nullable Tensor> savedOutputs,
      List<Tensor> scratch,
      long key) {}

  /** A leaf without gradient: data, a frozen weight, which a model may have sealed. */
  public Value constant(Tensor tensor) {
    Tensor read = tensor.isSealed() ? tensor.lend(backend) : tensor;
    return new Value(count++, read, false, true);
  }

  /** A leaf whose gradient is wanted. */
  public Value parameter(Tensor tensor) {
    return new Value(count++, tensor, true, true);
  }

  /** Applies an operation with one output and no randomness. */
  public Value apply(Op op, Value... inputs) {
    return apply(op, 0, Arrays.asList(inputs)).get(0);
  }

  /**
   * Applies an operation. Whole numbers are computed at once, on the host.
   *
   * @param inputs null for one that is absent
   * @param key key of its random numbers, see {@link dev.graft.core.backend.Rng}
   * @return its outputs
   * @throws dev.graft.core.tensor.ShapeException if the inputs do not fit
   */
  public List<Value> apply(Op op, long key, List<@Nullable Value> inputs) {
    List<@Nullable Tensor> tensors =
        inputs.stream().<@Nullable Tensor>map(v -> v == null ? null : v.tensor()).toList();
    List<@Nullable Fact> facts =
        tensors.stream().<@Nullable Fact>map(t -> t == null ? null : Fact.told(t)).toList();
    List<Fact> results = op.infer(facts);
    if (!results.stream().allMatch(Fact::isFloat)) {
      return results.stream().map(fact -> constant(fact.tensor())).toList();
    }
    List<@Nullable Shape> shapes = Fact.shapes(facts);
    Needs needs = needs(op, inputs);
    List<Shape> outputShapes = results.stream().map(Fact::shape).toList();
    List<Tensor> scratch = List.of();
    List<Tensor> outputs;
    if (op.isView()) {
      outputs = List.of(tensors.get(0).reshape(outputShapes.get(0)));
    } else {
      outputs = allocate(outputShapes);
      scratch = allocate(op.scratchShapes(shapes, needs));
      List<Tensor> temporaries = allocate(op.forwardTemporaries(shapes));
      op.forward(new Forward(backend, tensors, outputs, scratch, temporaries, key));
    }
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      boolean moves = op.differentiableOutput(i) && needs.any();
      values.add(new Value(count++, outputs.get(i), moves, false));
    }
    if (needs.any()) {
      record(op, needs, inputs, shapes, values, scratch, key);
    }
    return values;
  }

  private List<Tensor> allocate(List<Shape> shapes) {
    return shapes.stream().map(s -> Tensor.allocate(backend, s)).toList();
  }

  private static Needs needs(Op op, List<@Nullable Value> inputs) {
    boolean[] wanted = new boolean[inputs.size()];
    for (int i = 0; i < wanted.length; i++) {
      Value input = inputs.get(i);
      wanted[i] = input != null && input.needsGradient() && op.differentiable(i);
    }
    return Needs.of(wanted);
  }

  private void record(
      Op op,
      Needs needs,
      List<@Nullable Value> inputs,
      List<@Nullable Shape> shapes,
      List<Value> outputs,
      List<Tensor> scratch,
      long key) {
    Saves saves = op.saves(needs);
    if (saves.scratch()) {
      scratch.forEach(s -> savedBytes += bytes(s.shape()));
    }
    steps.add(
        new Step(
            op,
            needs,
            inputs.stream().mapToInt(v -> v == null ? ABSENT : v.id()).toArray(),
            outputs.stream().mapToInt(Value::id).toArray(),
            shapes,
            kept(inputs, saves.inputs()),
            kept(outputs, saves.outputs()),
            saves.scratch() ? scratch : List.of(),
            key));
  }

  private List<@Nullable Tensor> kept(
      List<? extends @Nullable Value> from, Set<Integer> positions) {
    List<@Nullable Tensor> kept = new ArrayList<>();
    for (int i = 0; i < from.size(); i++) {
      Value value = from.get(i);
      boolean saved = value != null && positions.contains(i);
      kept.add(saved ? value.tensor() : null);
      if (saved && !value.isLeaf() && savedValues.add(value.id())) {
        savedBytes += bytes(value.shape());
      }
    }
    return kept;
  }

  private static long bytes(Shape shape) {
    return (long) Float.BYTES * shape.elements();
  }

  /** Number of operations that {@link #backward} will visit. */
  public int backwardSteps() {
    return steps.size();
  }

  /**
   * Bytes of activations and scratch kept for backward, as float32; weights and data, which live on
   * anyway, are not counted.
   */
  public long savedBytes() {
    return savedBytes;
  }

  /**
   * The gradients of {@code loss}, a scalar, to all parameters that lead to it. Gradients of a
   * value that is used several times add up. The tape is empty afterwards.
   *
   * @throws dev.graft.core.tensor.ShapeException if the loss is not a scalar
   */
  public Gradients backward(Value loss) {
    if (loss.shape().elements() != 1) {
      throw new ShapeException("backward starts from a scalar loss, found " + loss.shape());
    }
    Tensor one = Tensor.allocate(backend, loss.shape());
    backend.fill(1, 1, one.buffer());
    Map<Integer, Tensor> gradients = new HashMap<>();
    gradients.put(loss.id(), one);
    while (!steps.isEmpty()) {
      Step step = steps.remove(steps.size() - 1);
      List<@Nullable Tensor> outputGradients = new ArrayList<>();
      for (int output : step.outputs()) {
        outputGradients.add(gradients.remove(output));
      }
      if (outputGradients.stream().anyMatch(Objects::nonNull)) {
        backward(step, outputGradients, gradients);
      }
    }
    return new Gradients(gradients);
  }

  private void backward(
      Step step, List<@Nullable Tensor> outputGradients, Map<Integer, Tensor> gradients) {
    List<@Nullable Tensor> inputGradients = new ArrayList<>();
    for (int i = 0; i < step.inputs().length; i++) {
      Shape shape = step.inputShapes().get(i);
      boolean view = step.op().isView();
      inputGradients.add(
          !step.needs().of(i)
              ? null
              : view ? outputGradients.get(0).reshape(shape) : Tensor.allocate(backend, shape));
    }
    if (!step.op().isView()) {
      step.op()
          .backward(
              new Backward(
                  backend,
                  step.needs(),
                  step.inputShapes(),
                  step.savedInputs(),
                  step.savedOutputs(),
                  step.scratch(),
                  allocate(step.op().backwardTemporaries(step.inputShapes(), step.needs())),
                  outputGradients,
                  inputGradients,
                  step.key()));
    }
    for (int i = 0; i < step.inputs().length; i++) {
      Tensor gradient = inputGradients.get(i);
      if (gradient != null) {
        gradients.merge(step.inputs()[i], gradient, this::sum);
      }
    }
  }

  /** A new tensor: either summand may share storage with another value's gradient. */
  private Tensor sum(Tensor a, Tensor b) {
    Tensor sum = Tensor.allocate(backend, a.shape());
    int[] shape = {a.shape().elements()};
    int[] one = {1};
    Buffer target = sum.buffer();
    backend.binary(BinaryOp.ADD, shape, a.buffer(), one, b.buffer(), one, target);
    return sum;
  }
}
