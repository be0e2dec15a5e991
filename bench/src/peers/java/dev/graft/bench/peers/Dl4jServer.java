package dev.graft.bench.peers;

import dev.graft.bench.networks.Network;
import dev.graft.bench.networks.TrainingRun;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A process that takes a training step of SqueezeNet with Deeplearning4j for every line it reads,
 * and answers with the loss before it: a process of its own since it has been seen to crash the
 * JVM, and brings its own thread pools.
 */
public final class Dl4jServer {

  static final int CLASSES = 10;

  private Dl4jServer() {}

  /** Batch. */
  public static void main(String[] args) throws IOException {
    int batch = Integer.parseInt(args[0]);
    Model model = Network.SQUEEZENET.build(CLASSES);
    ComputationGraph network = Dl4jNetwork.of(model);
    Tensor x = Network.pictures(batch);
    INDArray pictures = Nd4j.create(x.toArray(), x.shape().toArray(), 'c');
    INDArray targets = Nd4j.zeros(batch, CLASSES);
    int[] labels = TrainingRun.labels(batch, CLASSES);
    for (int i = 0; i < batch; i++) {
      targets.putScalar(i, labels[i], 1);
    }
    DataSet data = new DataSet(pictures, targets);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (lines.readLine() != null) {
      network.fit(data);
      System.out.println(network.score());
    }
  }
}
