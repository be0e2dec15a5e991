package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Objective;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The loop itself: epochs, the best state, stopping, cancelling, and losses that are no numbers.
 */
class TrainerTest {

  private final Backend backend = new JavaBackend(1);
  private final Model model = model();
  private final Objective objective = new CrossEntropy(0).attach(model.graph());
  private final Graph graph = objective.graph();
  private final Variables variables = new Variables(backend, graph, model.weights());
  private final List<TrainEvent> events = new ArrayList<>();
  private final Map<String, CheckpointStore.Checkpoint> saved = new HashMap<>();
  private final Cancellation cancellation = new Cancellation();
  private TrainListener listener = events::add;

  @AfterEach
  void close() {
    backend.close();
  }

  private static Model model() {
    GraphBuilder g = new GraphBuilder(1);
    return g.build(g.linear("fc", g.input("x", Shape.of(2)), 2));
  }

  /** The sign of the first coordinate, learnt in a step or two. */
  private static Dataset signs(int count, long seed) {
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float x = (float) Rng.gaussian(seed, i);
      items.add(item(x, x > 0));
    }
    return dataset(items);
  }

  private static List<float[]> item(float x, boolean positive) {
    return List.of(new float[] {x, 1}, new float[] {positive ? 0 : 1});
  }

  private static Dataset dataset(List<List<float[]>> items) {
    List<Dataset.Field> fields =
        List.of(new Dataset.Field("x", Shape.of(2)), new Dataset.Field(Loss.TARGET, Shape.SCALAR));
    return new TensorDataset(fields, items, i -> "item " + i);
  }

  private Trainer trainer() {
    CheckpointStore store =
        new CheckpointStore() {
          @Override
          public void start(Model model) {}

          @Override
          public void save(String name, Checkpoint checkpoint) {
            saved.put(name, checkpoint);
          }

          @Override
          public Optional<Checkpoint> load(String name) {
            return Optional.ofNullable(saved.get(name));
          }
        };
    return new Trainer(backend, variables, 4, store, event -> listener.on(event), cancellation);
  }

  private Phase phase(double rate, int epochs, @Nullable EarlyStopping stopping) {
    ParamGroup all = new ParamGroup(graph.stored(Role.PARAMETER), 1, 0);
    return new Phase(
        "all", List.of(all), new Sgd(0, false), rate, Schedule.constant(), epochs, stopping);
  }

  private void train(Trainer trainer, Phase phase, Dataset training, Dataset validation) {
    try (Batches learn = new Batches(training, 4, 1);
        Batches measure = new Batches(validation, 4, 1)) {
      trainer.train(phase, objective, learn, measure, new Variants(4, 1));
    }
  }

  private <T> List<T> heard(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  void aPhase_tellsItsStepsInOrder() {
    train(trainer(), phase(0.5, 2, null), signs(10, 1), signs(6, 2));
    TrainEvent.Started started = heard(TrainEvent.Started.class).get(0);
    assertThat(started.name()).isEqualTo("all");
    assertThat(started.note()).contains("2 tensors", "0.5");
    // Ten examples in batches of four are three steps an epoch.
    assertThat(started.units()).isEqualTo(6);
    assertThat(heard(TrainEvent.Progress.class))
        .extracting(TrainEvent.Progress::done)
        .containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(heard(TrainEvent.Epoch.class))
        .extracting(
            e -> e.epoch() + " of " + e.training().examples() + " and " + e.validation().examples())
        .containsExactly("1 of 10 and 6", "2 of 10 and 6");
    assertThat(heard(TrainEvent.Ended.class))
        .extracting(TrainEvent.Ended::reason)
        .containsExactly("all 2 epochs trained");
    assertThat(events.get(events.size() - 1)).isInstanceOf(TrainEvent.Ended.class);
  }

  @Test
  void theBestState_isTheOneOfTheLowestValidationLoss() {
    Trainer trainer = trainer();
    // The labels to validate on are turned round: what is learnt makes it worse, epoch by epoch.
    List<List<float[]>> wrong = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      wrong.add(item(i - 2.5f, i - 2.5f < 0));
    }
    train(trainer, phase(1, 3, null), signs(20, 1), dataset(wrong));
    List<TrainEvent.Epoch> epochs = heard(TrainEvent.Epoch.class);
    assertThat(epochs).extracting(TrainEvent.Epoch::best).containsExactly(true, false, false);
    assertThat(trainer.best().epoch()).isEqualTo(1);
    assertThat(trainer.best().validation()).isEqualTo(epochs.get(0).validation());
    assertThat(trainer.last()).isEqualTo(epochs.get(2).validation());
    assertThat(saved.get(CheckpointStore.BEST).notes()).containsEntry("epoch", "1");
    assertThat(saved.get(CheckpointStore.LAST).notes()).containsEntry("epoch", "3");
    assertThat(saved.get(CheckpointStore.BEST).weights().get("fc.weight").toArray())
        .isEqualTo(trainer.best().weights().get("fc.weight").toArray())
        .isNotEqualTo(saved.get(CheckpointStore.LAST).weights().get("fc.weight").toArray());
  }

  @Test
  void earlyStopping_saysAtWhichEpochAndWhy() {
    List<List<float[]>> wrong = List.of(item(1, false), item(-1, true));
    train(trainer(), phase(1, 20, new EarlyStopping(2, 0)), signs(20, 1), dataset(wrong));
    assertThat(heard(TrainEvent.Epoch.class)).hasSize(3);
    assertThat(heard(TrainEvent.Ended.class).get(0).reason())
        .isEqualTo("stopped after epoch 3: the validation loss has not improved for 2 epochs");
  }

  @Test
  void validationLossThatIsNoNumber_endsTheRun_andIsNeverTheBest() {
    Trainer trainer = trainer();
    train(trainer, phase(0.5, 1, null), signs(8, 1), signs(4, 2));
    CheckpointStore.Checkpoint good = saved.get(CheckpointStore.LAST);
    // One step at an absurd rate is the last of its epoch: only validation can tell.
    assertThatThrownBy(() -> train(trainer, phase(1e38, 1, null), dataset(steep(4)), signs(4, 2)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("validation loss")
        .hasMessageContaining("learning rate 1.0E38")
        .hasMessageContaining("lower the rate");
    assertThat(trainer.best().epoch()).isEqualTo(1);
    assertThat(saved.get(CheckpointStore.LAST).weights()).isSameAs(good.weights());
    assertThat(saved.get(CheckpointStore.BEST).weights()).isSameAs(good.weights());
  }

  /** Batches at inputs so large, and of both classes, that one large step overflows the weights. */
  private static List<List<float[]>> steep(int count) {
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(item(1000, i % 2 == 0));
    }
    return items;
  }

  @Test
  void trainingLossThatIsNoNumber_namesTheRateAndThePhase() {
    Trainer trainer = trainer();
    assertThatThrownBy(() -> train(trainer, phase(1e38, 3, null), dataset(steep(8)), signs(4, 2)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("phase all")
        .hasMessageContaining("learning rate 1.0E38");
  }

  @Test
  void interruptingTheThread_endsAsCancellingDoes_andIsKept() {
    Trainer trainer = trainer();
    listener =
        event -> {
          events.add(event);
          if (event instanceof TrainEvent.Progress progress && progress.done() == 5) {
            Thread.currentThread().interrupt();
          }
        };
    train(trainer, phase(0.5, 9, null), signs(10, 1), signs(6, 2));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(trainer.epochs()).isEqualTo(1);
    assertThat(heard(TrainEvent.Ended.class).get(0).reason()).isEqualTo("cancelled");
  }

  @Test
  void cancellingWithinAnEpoch_forgetsThatEpoch() {
    Trainer trainer = trainer();
    listener =
        event -> {
          events.add(event);
          if (event instanceof TrainEvent.Progress progress && progress.done() == 5) {
            cancellation.cancel();
          }
        };
    train(trainer, phase(0.5, 9, null), signs(10, 1), signs(6, 2));
    assertThat(trainer.epochs()).isEqualTo(1);
    assertThat(heard(TrainEvent.Progress.class)).hasSize(5);
    assertThat(heard(TrainEvent.Ended.class).get(0).reason()).isEqualTo("cancelled");
  }

  @Test
  void cancellingWithinValidation_forgetsWhatWasNotMeasuredWhole() {
    Trainer trainer = trainer();
    Dataset validation = signs(40, 2);
    Dataset cancelling =
        new Dataset() {
          @Override
          public int size() {
            return validation.size();
          }

          @Override
          public List<Field> fields() {
            return validation.fields();
          }

          @Override
          public List<float[]> read(int index, long variant) {
            cancellation.cancel();
            return item(0, true);
          }

          @Override
          public String name(int index) {
            return validation.name(index);
          }
        };
    train(trainer, phase(0.5, 3, null), signs(10, 1), cancelling);
    assertThat(trainer.epochs()).isZero();
    assertThat(trainer.best()).isNull();
    assertThat(saved).containsOnlyKeys(CheckpointStore.RUN);
    assertThat(heard(TrainEvent.Epoch.class)).isEmpty();
  }

  @Test
  void sameSeed_givesTheSameBits_anotherSeedOthers() {
    float[][] weights = new float[3][];
    for (int run = 0; run < 3; run++) {
      Variables own = new Variables(backend, graph, model.weights());
      Trainer trainer =
          new Trainer(
              backend,
              own,
              run == 2 ? 5 : 4,
              CheckpointStore.none(),
              TrainListener.SILENT,
              cancellation);
      train(trainer, phase(0.5, 2, null), signs(30, 1), signs(6, 2));
      weights[run] = own.get("fc.weight").download(backend);
    }
    assertThat(weights[1]).isEqualTo(weights[0]);
    assertThat(weights[2]).isNotEqualTo(weights[0]);
  }

  @Test
  void nothingToTrain_isRefused() {
    ParamGroup frozen = new ParamGroup(graph.stored(Role.PARAMETER), 0, 0);
    Phase phase =
        new Phase("all", List.of(frozen), new Sgd(0, false), 1, Schedule.constant(), 1, null);
    assertThatThrownBy(() -> train(trainer(), phase, signs(4, 1), signs(4, 2)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("every parameter is frozen");
  }
}
