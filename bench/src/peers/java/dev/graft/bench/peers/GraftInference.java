package dev.graft.bench.peers;

import dev.graft.bench.networks.Network;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import java.util.Map;

/** A session of Graft's. */
final class GraftInference implements Contender {

  private final Session session;
  private final Map<String, Tensor> inputs;
  private final String output;

  GraftInference(Model model, int batch, Backend backend) {
    session = Session.of(model, backend);
    inputs = Map.of(Network.INPUT, Network.pictures(batch));
    output = model.graph().output();
  }

  @Override
  public String name() {
    return GRAFT;
  }

  @Override
  public void run() {
    session.run(inputs);
  }

  @Override
  public float[] proof() {
    return session.run(inputs).get(output).toArray();
  }

  @Override
  public void close() {
    session.close();
  }
}
