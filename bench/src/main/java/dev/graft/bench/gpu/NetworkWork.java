package dev.graft.bench.gpu;

import dev.graft.bench.networks.Network;
import dev.graft.bench.networks.TrainingRun;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.util.Map;

/**
 * A network of 1000 classes on pictures of {@code size x size} that lie in the host's memory: a
 * prediction with the logits brought back, or a step of SGD with momentum with the loss brought
 * back.
 */
record NetworkWork(Network network, boolean training, Integer batch, int size) implements Work {

  private static final int CLASSES = 1000;

  @Override
  public String work() {
    return training ? "train-all" : "inference";
  }

  @Override
  public String shape() {
    return network.label() + " " + size + "x" + size;
  }

  @Override
  public Cost cost() {
    Model model = model();
    return training
        ? Cost.trainingStep(model.graph(), batch)
        : Cost.inference(model.graph(), batch);
  }

  @Override
  public double amount() {
    return batch;
  }

  @Override
  public String unit() {
    return "images/s";
  }

  @Override
  public Map<String, Object> task() {
    return Map.of(
        "work",
        work(),
        "network",
        network.label(),
        "batch",
        batch,
        "size",
        size,
        "classes",
        CLASSES);
  }

  @Override
  public Runnable on(Backend backend) {
    if (training) {
      return new TrainingRun(model(), FreezeMask.NONE, batch, backend, TrainingRun.momentum())
          ::step;
    }
    Session session = Session.of(model(), backend);
    Map<String, Tensor> pictures = Map.of(Network.INPUT, Network.pictures(batch, size));
    return () -> session.run(pictures);
  }

  private Model model() {
    return network.build(CLASSES, size);
  }
}
