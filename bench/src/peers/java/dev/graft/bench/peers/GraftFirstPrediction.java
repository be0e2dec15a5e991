package dev.graft.bench.peers;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.importers.ModelReader;
import java.nio.file.Path;

/** A process that reads a model and predicts once with Graft. */
public final class GraftFirstPrediction {

  private GraftFirstPrediction() {}

  /** Model file, backend, threads; prints the class. */
  public static void main(String[] args) {
    Model model = ModelReader.read(Path.of(args[0]));
    try (Backend backend = Backends.byName(args[1], Integer.parseInt(args[2]));
        Session session = Session.of(model, backend)) {
      System.out.println(Ramp.largest(session.predict(Ramp.picture())));
    }
  }
}
