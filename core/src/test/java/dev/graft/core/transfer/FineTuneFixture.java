package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A backend, and settings for a training of some seconds at most. */
public abstract class FineTuneFixture {

  protected Backend backend;

  @BeforeEach
  void open() {
    backend = new JavaBackend(2);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  protected Settings settings(Recipe recipe, int epochs) {
    return Settings.of(recipe, epochs).seed(5).batchSize(8).backend(backend).threads(2);
  }

  protected static Weights weights(Tuned tuned) {
    return tuned.model().weights();
  }

  protected <T extends TrainEvent> List<T> events(Class<T> type, Model model, Settings settings) {
    List<T> heard = new ArrayList<>();
    FineTune.run(
        model,
        Toy.data(),
        settings.listener(
            event -> {
              if (type.isInstance(event)) {
                heard.add(type.cast(event));
              }
            }));
    return heard;
  }
}
