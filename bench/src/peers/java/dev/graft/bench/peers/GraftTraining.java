package dev.graft.bench.peers;

import dev.graft.bench.networks.TrainingRun;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import dev.graft.core.train.Optimizer;
import dev.graft.core.transfer.freeze.FreezeMask;

/** Graft's training step. */
final class GraftTraining implements Contender {

  private final TrainingRun training;

  GraftTraining(Model model, FreezeMask frozen, int batch, Backend backend, Optimizer optimizer) {
    training = new TrainingRun(model, frozen, batch, backend, optimizer);
  }

  @Override
  public String name() {
    return GRAFT;
  }

  @Override
  public void run() {
    training.step();
  }

  /** The losses before the first, the second and the third update. */
  @Override
  public float[] proof() {
    return new float[] {training.step(), training.step(), training.step()};
  }

  @Override
  public void close() {}
}
