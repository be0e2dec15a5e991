package dev.graft.core.train;

import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a run knows between two steps: with the same model, data and settings another process
 * goes on from it to the same bits. Data order, augmentation and dropout follow from the seed and
 * the numbers of epochs and steps.
 *
 * @param seed of the run
 * @param origin what else the run follows from
 * @param epochs number of epochs trained, over all phases
 * @param steps number of steps taken, over all phases
 * @param past the phases that have ended
 * @param within where the phase under way is; null between two phases
 * @param weights every tensor that training may have changed
 * @param best the best state so far; null before the first epoch
 * @param last metrics after the most recent epoch; null before the first
 */
public record RunState(
    long seed,
    RunOrigin origin,
    int epochs,
    int steps,
    List<PhaseEnd> past,
    @Nullable Within within,
    Weights weights,
    @Nullable Best best,
    @Nullable Metrics last) {

  public RunState {
    past = List.copyOf(past);
  }

  /**
   * A place within a phase.
   *
   * @param phase its name
   * @param epochs number of its epochs that were trained and validated
   * @param taken items of the epoch under way that lie behind
   * @param steps steps of the epoch under way that lie behind
   * @param rate learning rate of the last of them
   * @param losses validation losses of its epochs
   * @param sums of loss and metrics over the epoch under way
   * @param optimizer what the optimizer has gathered
   * @param slots what transforms of gradients remember
   */
  public record Within(
      String phase,
      int epochs,
      int taken,
      int steps,
      double rate,
      List<Double> losses,
      List<Double> sums,
      Optimizer.State optimizer,
      Map<String, Tensor> slots) {

    public Within {
      slots = Map.copyOf(slots);
      sums = List.copyOf(sums);
      losses = List.copyOf(losses);
    }
  }

  /** This state as a checkpoint, see {@link CheckpointStore#RUN}. */
  public CheckpointStore.Checkpoint toCheckpoint() {
    return RunNotes.write(this);
  }

  /**
   * A state that was written as a checkpoint.
   *
   * @throws TrainingException if it is none, or damaged
   */
  public static RunState of(CheckpointStore.Checkpoint checkpoint) {
    return RunNotes.read(checkpoint);
  }
}
