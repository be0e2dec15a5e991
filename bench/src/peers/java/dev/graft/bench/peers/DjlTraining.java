package dev.graft.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.graft.bench.networks.Network;
import dev.graft.bench.networks.TrainingRun;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.freeze.FreezeMask;

/** A training step by DJL on PyTorch. */
final class DjlTraining implements Contender {

  private final ai.djl.Model holder = ai.djl.Model.newInstance("training", "PyTorch");
  private final Trainer trainer;
  private final NDArray pictures;
  private final NDArray labels;

  DjlTraining(Model model, FreezeMask frozen, int batch) {
    DjlNetwork network = new DjlNetwork(model, frozen.trainable(model.graph()));
    holder.setBlock(network);
    Optimizer sgd =
        Optimizer.sgd()
            .setLearningRateTracker(Tracker.fixed(TrainingRun.RATE))
            .optMomentum(TrainingRun.MOMENTUM)
            .build();
    trainer =
        holder.newTrainer(
            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(sgd));
    Tensor x = Network.pictures(batch);
    trainer.initialize(DjlLayers.shape(x.shape()));
    network.freeze();
    NDManager manager = trainer.getManager();
    pictures = manager.create(x.toArray(), DjlLayers.shape(x.shape()));
    int classes = model.graph().shapes(1).get(model.graph().output()).size(1);
    labels = manager.create(TrainingRun.labels(batch, classes));
  }

  @Override
  public String name() {
    return DjlInference.NAME;
  }

  @Override
  public void run() {
    step();
  }

  private float step() {
    return step(trainer, pictures, labels);
  }

  /** Forward, backward and update; returns the loss before it. */
  static float step(Trainer trainer, NDArray pictures, NDArray labels) {
    try (NDManager step = trainer.getManager().newSubManager()) {
      pictures.tempAttach(step);
      labels.tempAttach(step);
      NDArray loss;
      try (GradientCollector collector = trainer.newGradientCollector()) {
        NDList outputs = trainer.forward(new NDList(pictures));
        loss = trainer.getLoss().evaluate(new NDList(labels), outputs);
        collector.backward(loss);
      }
      trainer.step();
      return loss.getFloat();
    }
  }

  @Override
  public float[] proof() {
    return new float[] {step(), step(), step()};
  }

  @Override
  public void close() {
    trainer.close();
    holder.close();
  }
}
