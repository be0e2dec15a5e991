package dev.graft.cli.demo;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;

/**
 * How the trunk came to be: trained on drawings of {@linkplain Thing#things things} alone, from
 * random weights. On the backend {@code java} it comes out with the bits that are shipped.
 */
public final class Pretraining {

  /** The backend that has the same bits on every machine. */
  public static final String BACKEND = "java";

  private static final int EACH = 120;
  private static final int EPOCHS = 7;
  private static final double RATE = 0.05;
  private static final long SEED = 1;

  private Pretraining() {}

  /** Trains it, which takes some minutes. */
  public static Model run(Backend backend, int threads, TrainListener listener) {
    Split<Pictures> data =
        new Split<>(new Drawings(Thing.things(), EACH, 11), new Drawings(Thing.things(), 20, 12));
    Settings settings =
        Settings.of(Recipe.FULL, EPOCHS)
            .head(HeadChoice.KEEP)
            .rate(RATE)
            .seed(SEED)
            .backend(backend)
            .threads(threads)
            .listener(listener);
    return FineTune.run(Trunk.fresh(Thing.things(), SEED), data, settings).model();
  }
}
