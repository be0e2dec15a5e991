package dev.graft.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.ParameterStore;
import dev.graft.bench.networks.Network;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Tensor;
import java.util.Set;

/** DJL on PyTorch: the block run without gradients, which is PyTorch's state outside training. */
final class DjlInference implements Contender {

  static final String NAME = "djl-pytorch";

  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final ParameterStore store = new ParameterStore(manager, false);
  private final DjlNetwork network;
  private final NDArray input;

  DjlInference(Model model, int batch) {
    Tensor pictures = Network.pictures(batch);
    input = manager.create(pictures.toArray(), DjlLayers.shape(pictures.shape()));
    network = new DjlNetwork(model, Set.of());
    network.initialize(manager, DataType.FLOAT32, input.getShape());
    network.freezeParameters(true);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run() {
    try (NDManager pass = manager.newSubManager()) {
      input.tempAttach(pass);
      network.forward(store, new NDList(input), false);
    }
  }

  @Override
  public float[] proof() {
    try (NDManager pass = manager.newSubManager()) {
      input.tempAttach(pass);
      return network.forward(store, new NDList(input), false).get(0).toFloatArray();
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
