package dev.graft.bench.peers;

import dev.graft.bench.networks.Network;
import dev.graft.bench.networks.TrainingRun;
import dev.graft.core.graph.Model;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.Sgd;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.importers.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The works that are timed within this process: what {@code --quick} consists of. */
final class SpeedWorks {

  private static final int TRAINING_BATCH = 16;

  /** As many as a small data set of one's own has. */
  private static final int TRAINED_CLASSES = 10;

  private final Board board;
  private final Peer openBlas = new Peer(OpenBlasSgemm.NAME);
  private final Peer onnxRuntime = new Peer(OnnxInference.NAME);
  private final Peer dl4j = new Peer(Dl4jTraining.NAME);
  private final Peer djl = new Peer(DjlInference.NAME);

  SpeedWorks(Board board) {
    this.board = board;
  }

  void sgemm() {
    int threads = board.options().threads();
    for (SgemmTask task : SgemmTask.ALL) {
      Contender peer = openBlas.ready(() -> new OpenBlasSgemm(task, threads));
      if (peer != null) {
        board.compare(task.task(), new GraftSgemm(task, board.backend()), peer);
      }
    }
  }

  void inference() throws IOException {
    Path file = Files.createTempFile("graft-peers", ".onnx");
    try {
      for (Network network : Network.values()) {
        Model model = network.build(1000);
        ModelWriter.write(model, file);
        for (int batch : new int[] {1, 32}) {
          int threads = board.options().threads();
          board.compare(
              Task.pictures("inference", network.label(), batch),
              new GraftInference(model, batch, board.backend()),
              onnxRuntime.ready(() -> new OnnxInference(file, Network.pictures(batch), threads)),
              djl.ready(() -> new DjlInference(model, batch)));
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  void trainAll() {
    for (Network network : Network.values()) {
      train("train-all", network, network.build(TRAINED_CLASSES), FreezeMask.NONE);
    }
    if (!board.options().quick()) {
      trainAgainstDl4j();
    }
  }

  /** Its one network, with the only momentum that it has, Nesterov's. */
  private void trainAgainstDl4j() {
    Model model = Network.SQUEEZENET.build(TRAINED_CLASSES);
    int threads = board.options().threads();
    Optimizer nesterov = new Sgd(TrainingRun.MOMENTUM, true);
    Contender peer = dl4j.ready(() -> new Dl4jTraining(TRAINING_BATCH, threads));
    if (peer != null) {
      board.compare(
          Task.pictures("train-all", Network.SQUEEZENET.label(), TRAINING_BATCH),
          new GraftTraining(model, FreezeMask.NONE, TRAINING_BATCH, board.backend(), nesterov),
          peer);
    }
  }

  void trainFrozen() {
    for (Network network : Network.values()) {
      Model model = network.build(TRAINED_CLASSES);
      train("train-frozen", network, model, FreezeMask.allBut(model.head()));
    }
  }

  private void train(String work, Network network, Model model, FreezeMask frozen) {
    @Nullable Contender peer = djl.ready(() -> new DjlTraining(model, frozen, TRAINING_BATCH));
    if (peer != null) {
      board.compare(
          Task.pictures(work, network.label(), TRAINING_BATCH),
          new GraftTraining(model, frozen, TRAINING_BATCH, board.backend(), TrainingRun.momentum()),
          peer);
    }
  }
}
