package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.graph.Weights;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.ClipNorm;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.RunOrigin;
import dev.graft.core.train.RunState;
import dev.graft.core.train.Schedule;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SettingsTest {

  /** Every method that changes something, with a value that is not the default. */
  private static final List<UnaryOperator<Settings>> CHANGES =
      List.of(
          s -> s.head(HeadChoice.KEEP),
          s -> s.freeze(FreezeMask.firstLayers(1)),
          s -> s.rateFactor("stem.", 0.5),
          s -> s.weightDecay("stem.", 0.5),
          s -> s.rate(0.25),
          s -> s.weightDecay(0.125),
          s -> s.labelSmoothing(0.1),
          s -> s.batchSize(7),
          s -> s.patience(3),
          s -> s.seed(9),
          s -> s.augment(Augment.FLIP),
          s -> s.optimizer(AdamW::new),
          s -> s.schedule(Schedule.cosine()),
          s -> s.backend(new ReferenceBackend()),
          s -> s.threads(1000),
          s -> s.variants(3),
          s -> s.cacheBytes(0),
          s -> s.transform(new ClipNorm(1)),
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
    assertThat(settings.batchSize()).isEqualTo(7);
    assertThat(settings.groupRules())
        .containsExactly(GroupRule.rate("a", 2), GroupRule.rate("b", 3));
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
