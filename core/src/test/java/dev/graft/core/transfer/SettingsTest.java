package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Mix;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.ClipNorm;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.RunOrigin;
import dev.graft.core.train.RunState;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.metric.Accuracy;
import dev.graft.core.transfer.average.AverageKind;
import dev.graft.core.transfer.feature.Examples;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.freeze.GroupRule;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsTest {

  /** What results follow from beside the model's head and the seed, each not as by default. */
  private static final List<UnaryOperator<Settings>> RESULTS =
      List.of(
          s -> s.freeze(FreezeMask.firstLayers(1)),
          s -> s.rateFactor("stem.", 0.5),
          s -> s.weightDecay("stem.", 0.5),
          s -> s.rate(0.25),
          s -> s.weightDecay(0.125),
          s -> s.findRate(true),
          s -> s.mix(Mix.CUTMIX),
          s -> s.averages(List.of(AverageKind.EMA)),
          s -> s.labelSmoothing(0.1),
          s -> s.batchSize(7),
          s -> s.balanceClasses(true),
          s -> s.patience(3),
          s -> s.minutes(3),
          s -> s.augment(Augment.FLIP),
          s -> s.optimizer(AdamW::new),
          s -> s.schedule(Schedule.cosine()),
          s -> s.variants(3),
          s -> s.layerDecay(0.5),
          s -> s.l2sp(0.1),
          s -> s.chooseBy(new Accuracy()),
          s -> s.transform(new ClipNorm(1)));

  /** The others. */
  private static final List<UnaryOperator<Settings>> OTHERS =
      List.of(
          s -> s.head(HeadChoice.KEEP),
          s -> s.seed(9),
          s -> s.backend(new ReferenceBackend()),
          s -> s.threads(1000),
          s -> s.cacheBytes(0),
          s ->
              s.resume(
                  new RunState(
                      0,
                      RunOrigin.UNKNOWN,
                      0,
                      0,
                      List.of(),
                      null,
                      Weights.of(Map.of()),
                      null,
                      null)),
          s -> s.checkpoints(CheckpointStore.none()),
          s -> s.listener(event -> {}),
          s -> s.cancellation(new Cancellation()));

  /** Every method that changes something. */
  private static final List<UnaryOperator<Settings>> CHANGES =
      Stream.concat(RESULTS.stream(), OTHERS.stream()).toList();

  @Test
  void everyChange_leavesTheSettingsItStartsFrom() throws ReflectiveOperationException {
    Settings start = Settings.of(Recipe.STAGED, 4);
    List<Object> before = values(start);

    for (UnaryOperator<Settings> change : CHANGES) {
      Settings changed = change.apply(start);

      assertThat(values(start)).isEqualTo(before);
      assertThat(values(changed)).isNotEqualTo(before);
    }
  }

  @Test
  void changes_addUp() {
    Settings settings =
        Settings.of(Recipe.STAGED, 4).seed(9).rateFactor("a", 2).rateFactor("b", 3).batchSize(7);

    assertThat(settings.recipe()).isEqualTo(Recipe.STAGED);
    assertThat(settings.epochs()).isEqualTo(4);
    assertThat(settings.seed()).isEqualTo(9);
    assertThat(settings.batchSize()).hasValue(7);
    assertThat(settings.groupRules())
        .containsExactly(GroupRule.rate("a", 2), GroupRule.rate("b", 3));
  }

  @Test
  void whateverResultsFollowFrom_isComparedByAResumedRun() {
    Model model = Toy.network();
    Split<Dataset> data =
        new Split<>(
            Examples.of(model, Toy.data().training(), Augment.NONE),
            Examples.of(model, Toy.data().validation(), Augment.NONE));
    Settings start = Settings.of(Recipe.STAGED, 4);
    RunOrigin before = Origin.of(model, model.graph(), data, start);
    assertThat(before.differences(Origin.of(model, model.graph(), data, start))).isEmpty();
    for (UnaryOperator<Settings> change : RESULTS) {
      RunOrigin changed = Origin.of(model, model.graph(), data, change.apply(start));
      assertThat(before.differences(changed)).hasSize(1);
    }
  }

  /** So that a new setting is held by the first test as well. */
  @Test
  void everyMethodThatChanges_isAmongThese() {
    assertThat(
            Arrays.stream(Settings.class.getDeclaredMethods())
                .filter(
                    m ->
                        Modifier.isPublic(m.getModifiers()) && !Modifier.isStatic(m.getModifiers()))
                .filter(m -> m.getReturnType() == Settings.class))
        .hasSameSizeAs(CHANGES);
  }

  /** What the accessors say; a fresh optimizer is known by its class. */
  private static List<Object> values(Settings settings) throws ReflectiveOperationException {
    List<Object> values = new ArrayList<>();
    for (Method method : Settings.class.getDeclaredMethods()) {
      if (method.getParameterCount() == 0 && !Modifier.isStatic(method.getModifiers())) {
        Object value = method.invoke(settings);
        values.add(value instanceof Optimizer o ? o.getClass() : value);
      }
    }
    return values;
  }
}
