package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A graph compiled for one set of input shapes, one mode and one choice of trainable parameters:
 * steps in order and a place in memory for every value. Made by {@link Planner}, run by {@link
 * PlanExecutor}.
 */
public final class Plan {

  private final @Nullable String loss;
  private final Map<String, Slot> inputs;
  private final Map<String, Slot> outputs;
  private final Map<String, Slot> gradients;
  private final List<Step> steps;
  private final List<StepNote> notes;
  private final List<PackedKernel> packed;
  private final int[] chunks;
  private final int elementBytes;
  private final int backwardSteps;
  private final long savedBytes;
  private volatile long packedVersion = -1;

  Plan(
      @Nullable String loss,
      Map<String, Slot> inputs,
      Map<String, Slot> outputs,
      Map<String, Slot> gradients,
      List<Step> steps,
      List<StepNote> notes,
      List<PackedKernel> packed,
      int[] chunks,
      int elementBytes,
      int backwardSteps,
      long savedBytes) {
    this.loss = loss;
    this.inputs = inputs;
    this.outputs = outputs;
    this.gradients = gradients;
    this.steps = List.copyOf(steps);
    this.notes = List.copyOf(notes);
    this.packed = List.copyOf(packed);
    this.chunks = chunks;
    this.elementBytes = elementBytes;
    this.backwardSteps = backwardSteps;
    this.savedBytes = savedBytes;
  }

  /**
   * Bytes of the backend's memory that running this plan takes: activations, gradients, temporary
   * tensors, packed and folded weights. To the byte what is allocated before the first step, and
   * all that is, but for weights that a plan for another batch size has packed already: those are
   * shared. Not counted are the {@link Variables} themselves, which are there before, and what a
   * backend's own kernels work with.
   */
  public long peakBytes() {
    return arenaBytes() + packedBytes();
  }

  /** The part of {@link #peakBytes()} that executors of the same backend thread share. */
  long arenaBytes() {
    long elements = 0;
    for (int chunk : chunks) {
      elements += chunk;
    }
    return elements * elementBytes;
  }

  /** The part of {@link #peakBytes()} that holds weights. */
  long packedBytes() {
    return bytes(packed.stream());
  }

  /** Bytes of activations that one pass reads and writes. */
  long trafficBytes() {
    long elements = 0;
    for (Step step : steps) {
      for (List<Slot> touched : List.of(step.reads(), step.writes())) {
        for (Slot slot : touched) {
          elements += slot.isPlaced() ? slot.elements() : 0;
        }
      }
    }
    return elements * elementBytes;
  }

  /** Bytes of weights that one pass reads. */
  long weightBytes() {
    long elements = 0;
    for (Step step : steps) {
      for (Slot slot : step.reads()) {
        elements += slot.variable() != null ? slot.elements() : 0;
      }
    }
    return elements * elementBytes + packedBytes();
  }

  /** Number of nodes that backward visits; 0 in inference. */
  public int backwardSteps() {
    return backwardSteps;
  }

  /**
   * Bytes of activations that are kept for backward, as float32; weights and data, which live on
   * anyway, are not counted.
   */
  public long savedBytes() {
    return savedBytes;
  }

  /** Number of steps of one pass: fused nodes count once, views not at all. */
  public int steps() {
    return steps.size();
  }

  /** What it differentiates; null in inference. */
  @Nullable String loss() {
    return loss;
  }

  boolean isTraining() {
    return loss != null;
  }

  Map<String, Slot> inputs() {
    return inputs;
  }

  Map<String, Slot> outputs() {
    return outputs;
  }

  Map<String, Slot> gradients() {
    return gradients;
  }

  List<Step> stepList() {
    return steps;
  }

  /**
   * The steps with what they took.
   *
   * @param nanos of each
   */
  List<StepTime> timed(long[] nanos) {
    List<StepTime> timed = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      StepNote note = notes.get(i);
      Step step = steps.get(i);
      long bytes = step.packedBytes();
      for (List<Slot> touched : List.of(step.reads(), step.writes())) {
        for (Slot slot : touched) {
          bytes += (long) elementBytes * slot.elements();
        }
      }
      timed.add(
          new StepTime(note.layer(), note.work(), 1e-9 * nanos[i], note.multiplyAdds(), bytes));
    }
    return timed;
  }

  int[] chunks() {
    return chunks;
  }

  /** Whether anything is folded into a convolution's weights. */
  boolean folds() {
    return packed.stream().anyMatch(p -> p.workspace() > 0);
  }

  /** The part of {@link #packedBytes()} that no plan over these variables has taken yet. */
  long unpackedBytes(Variables variables) {
    return bytes(packed.stream().filter(p -> !p.isPacked(variables)));
  }

  /** Convolutions of one weight share it within a plan, too. */
  private long bytes(Stream<PackedKernel> convolutions) {
    Map<PackedWeights.Key, Long> bytes = new HashMap<>();
    convolutions.forEach(p -> bytes.put(p.key(), p.bytes(elementBytes)));
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Packs the weights that have changed since the last time. Executors that share this plan may
   * call it at the same time as long as nobody changes the variables.
   *
   * @param arena of the calling executor; overwritten
   */
  void pack(Backend backend, Variables variables, Arena arena) {
    if (packedVersion == variables.version()) {
      return;
    }
    synchronized (this) {
      long version = variables.version();
      if (packedVersion != version) {
        for (PackedKernel convolution : packed) {
          long workspace = convolution.workspace();
          Buffer buffer = workspace == 0 ? null : arena.slice(0, 0, (int) workspace);
          convolution.refresh(backend, variables, buffer);
        }
        packedVersion = version;
      }
    }
  }
}
