package dev.graft.bench.peers;

import dev.graft.bench.peers.DjlLayer.Pass;
import dev.graft.importers.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Single convolutions. */
final class LayerWorks {

  private final Board board;
  private final Peer onnxRuntime = new Peer(OnnxInference.NAME);
  private final Peer djl = new Peer(DjlInference.NAME);

  LayerWorks(Board board) {
    this.board = board;
  }

  /** DJL as in training, with weights that change; ONNX Runtime as in inference. */
  void forward() throws IOException {
    Path file = Files.createTempFile("graft-peers", ".onnx");
    try {
      for (LayerTask task : LayerTask.all()) {
        board.compare(
            task.task("conv-forward"),
            GraftLayer.forward(task, board.backend()),
            djl.ready(() -> new DjlLayer(task, Pass.FORWARD)));
        ModelWriter.write(task.model(), file);
        int threads = board.options().threads();
        board.compare(
            task.task("conv-forward"),
            GraftLayer.prepared(task, board.backend()),
            onnxRuntime.ready(
                () -> new OnnxInference(file, LayerTask.random(task.x(), 1), threads)));
      }
    } finally {
      Files.delete(file);
    }
  }

  void gradientInput() {
    for (LayerTask task : LayerTask.all()) {
      Contender graft = GraftLayer.gradientInput(task, board.backend());
      gradient(task, "conv-grad-input", graft, Pass.INPUT);
    }
  }

  void gradientWeight() {
    for (LayerTask task : LayerTask.all()) {
      Contender graft = GraftLayer.gradientWeight(task, board.backend());
      gradient(task, "conv-grad-weight", graft, Pass.WEIGHT);
    }
  }

  private void gradient(LayerTask task, String work, Contender graft, Pass pass) {
    @Nullable Contender both = djl.ready(() -> new DjlLayer(task, pass));
    @Nullable Contender forward = djl.ready(() -> new DjlLayer(task, Pass.RECORDED));
    if (both != null && forward != null) {
      board.compareDifference(task.task(work), graft, both, forward);
    }
  }
}
