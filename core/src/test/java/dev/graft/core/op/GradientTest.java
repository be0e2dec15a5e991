package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.reference.ReferenceBackend;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every backward rule against central differences in double, under every choice of wanted
 * gradients. The tape hands a rule only what the operation declared to save, and the reference
 * backend fills what it allocates with NaN: an undeclared read and an unwritten element both show.
 */
class GradientTest {

  private static final ReferenceBackend REFERENCE = new ReferenceBackend();

  static List<OpCase> cases() {
    return OpCases.all();
  }

  static Stream<String> backends() {
    return Backends.list().stream()
        .filter(Backends.Description::available)
        .map(Backends.Description::name);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradient_agreesWithCentralDifferences(OpCase c) {
    CentralDifferences differences = new CentralDifferences(REFERENCE);
    for (List<Integer> judged : c.outputMasks()) {
      OpRun run = OpRun.of(REFERENCE, c, c.draw(), c.allNeeds(), judged);
      for (int input : c.differentiable()) {
        double[] gradient = Objects.requireNonNull(run.gradients().get(input));
        assertThat(gradient)
            .as("%s, gradient of input %d from outputs %s", c, input, judged)
            .containsExactly(
                differences.of(c, input, judged), within(CentralDifferences.tolerance(run)));
      }
    }
  }

  /** With the test above, this holds the gradients of every mask to central differences. */
  @ParameterizedTest
  @MethodSource("backends")
  void gradient_isTheSameBitsUnderEveryMask(String name) {
    try (Backend backend = Backends.byName(name, 1)) {
      for (OpCase c : OpCases.all()) {
        OpRun full = OpRun.of(backend, c, c.draw(), c.allNeeds());
        for (Needs needs : c.masks()) {
          OpRun run = OpRun.of(backend, c, c.draw(), needs);
          assertThat(run.output()).as("%s, output under %s", c, needs).isEqualTo(full.output());
          for (int i = 0; i < c.inputs().size(); i++) {
            assertThat(run.gradients().get(i))
                .as("%s on %s, gradient of input %d under %s", c, name, i, needs)
                .isEqualTo(needs.of(i) ? full.gradients().get(i) : null);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void nothingIsLeftUnwritten(String name) {
    try (Backend backend = Backends.byName(name, 1)) {
      for (OpCase c : OpCases.all()) {
        OpRun run = OpRun.of(backend, c, c.draw(), c.allNeeds());
        assertThat(run.output()).as("%s on %s", c, name).doesNotContain(Double.NaN);
        for (int input : c.differentiable()) {
          assertThat(run.gradients().get(input))
              .as("%s on %s, gradient of input %d", c, name, input)
              .hasSize(c.inputs().get(input).shape().elements())
              .doesNotContain(Double.NaN);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void noNeeds_recordNothing(OpCase c) {
    OpRun run = OpRun.forward(REFERENCE, c, c.draw());
    assertThat(run.backwardSteps()).as(c.toString()).isZero();
    assertThat(c.op().saves(Needs.none(c.inputs().size()))).isEqualTo(Saves.NOTHING);
  }

  @Test
  void centralDifferences_refuseSinglePrecision() {
    try (Backend single = Backends.byName("java", 1)) {
      assertThatThrownBy(() -> new CentralDifferences(single))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("double precision");
    }
  }

  @Test
  void referenceBackend_allocatesNaN() {
    double[] fresh = REFERENCE.values(REFERENCE.allocate(3), 3);
    assertThat(fresh).containsExactly(Double.NaN, Double.NaN, Double.NaN);
  }
}
