package dev.graft.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.PictureDataset;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.surgery.Surgery;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that trains a head with DJL as its transfer-learning guide has it: the trunk is frozen
 * behind {@code trainer.initialize}, and every epoch runs all pictures through it. To DJL's
 * advantage pictures are decoded once, by Graft's code, and kept in memory.
 */
public final class DjlHeadJob {

  private DjlHeadJob() {}

  /** Model file, pictures, folder to write to, threads; prints the last accuracy. */
  public static void main(String[] args) throws IOException {
    Split<Pictures> split = DataFolders.open(Path.of(args[1]), 0.2, 0);
    Model pretrained = ModelReader.read(Path.of(args[0]));
    Model model = Surgery.replaceHead(pretrained, split.training().classes(), 0);
    FreezeMask frozen = FreezeMask.allBut(model.head());
    DjlNetwork network = new DjlNetwork(model, frozen.trainable(model.graph()));
    try (ai.djl.Model holder = ai.djl.Model.newInstance("head", "PyTorch")) {
      holder.setBlock(network);
      Optimizer sgd =
          Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).optMomentum(0.9f).build();
      DefaultTrainingConfig config =
          new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(sgd);
      try (Trainer trainer = holder.newTrainer(config)) {
        trainer.initialize(DjlLayers.shape(model.graph().input().bind(1)));
        network.freeze();
        int threads = Integer.parseInt(args[3]);
        List<NDList> training = batches(split.training(), threads, trainer.getManager());
        List<NDList> validation = batches(split.validation(), threads, trainer.getManager());
        double accuracy = 0;
        for (int epoch = 0; epoch < HeadJob.EPOCHS; epoch++) {
          training.forEach(batch -> DjlTraining.step(trainer, batch.get(0), batch.get(1)));
          accuracy = accuracy(trainer, validation);
        }
        holder.save(Path.of(args[2]), "head");
        System.out.println(accuracy);
      }
    }
  }

  /** Each a list of pictures and classes. */
  private static List<NDList> batches(Pictures pictures, int threads, NDManager manager) {
    Preprocessing preprocessing = Preprocessing.named("imagenet", 3, 224, 224);
    Dataset dataset = new PictureDataset(pictures, preprocessing, Augment.NONE, "x", "t");
    List<NDList> batches = new ArrayList<>();
    try (Batches source = new Batches(dataset, HeadJob.BATCH, threads);
        BatchIterator iterator = source.inOrder()) {
      while (iterator.hasNext()) {
        Batch batch = iterator.next();
        Tensor x = batch.get("x");
        int[] labels = new int[batch.size()];
        for (int i = 0; i < labels.length; i++) {
          labels[i] = pictures.label(batch.indices()[i]);
        }
        batches.add(
            new NDList(
                manager.create(x.toArray(), DjlLayers.shape(x.shape())), manager.create(labels)));
      }
    }
    return batches;
  }

  private static double accuracy(Trainer trainer, List<NDList> batches) {
    double right = 0;
    double all = 0;
    for (NDList batch : batches) {
      try (NDManager pass = trainer.getManager().newSubManager()) {
        batch.tempAttach(pass);
        NDArray found = trainer.evaluate(new NDList(batch.get(0))).get(0).argMax(1);
        right += found.eq(batch.get(1).toType(found.getDataType(), false)).countNonzero().getLong();
        all += batch.get(1).size();
      }
    }
    return right / all;
  }
}
