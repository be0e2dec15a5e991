package dev.graft.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.graph.OutputMeaning.Kind;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RankingTest {

  /** Float rounding. */
  private static final Offset<Double> ROUNDING = Offset.offset(1e-6);

  private static List<Prediction> ranked(Kind kind, List<String> labels, float... output) {
    return new Ranking(new OutputMeaning(kind, List.of()), labels).of(output);
  }

  @Test
  void oneSigmoid_tellsTwoClassesApart() {
    List<Prediction> ranked = ranked(Kind.LABELS, List.of("cat", "dog"), 0.107f);
    assertThat(ranked).extracting(Prediction::label).containsExactly("cat", "dog");
    assertThat(ranked).extracting(Prediction::index).containsExactly(0, 1);
    assertThat(ranked.get(0).probability()).isCloseTo(0.893, ROUNDING);
    assertThat(ranked.get(1).probability()).isCloseTo(0.107, ROUNDING);
  }

  @Test
  void oneSigmoid_withOneLabelOrNone() {
    assertThat(ranked(Kind.LABELS, List.of("dog"), 0.9f))
        .extracting(Prediction::label)
        .containsExactly("dog", "not dog");
    assertThat(ranked(Kind.LABELS, List.of(), 0.9f))
        .extracting(Prediction::label)
        .containsExactly("1", "0");
  }

  @Test
  void severalSigmoids_areProbabilitiesOfTheirOwn() {
    assertThat(ranked(Kind.LABELS, List.of("a", "b", "c"), 0.9f, 0.2f, 0.95f))
        .extracting(Prediction::toString)
        .first()
        .asString()
        .contains("label=c");
    assertThat(ranked(Kind.LABELS, List.of(), 0.9f, 0.2f, 0.95f))
        .extracting(Prediction::probability)
        .containsExactly((double) 0.95f, (double) 0.9f, (double) 0.2f);
  }

  @Test
  void oneBareNumber_isANumber_unlessTwoClassesAreNamed() {
    Prediction number = ranked(Kind.LOGITS, List.of("price"), 3.5f).get(0);
    assertThat(number.isNumber()).isTrue();
    assertThat(number.value()).isEqualTo(3.5);
    assertThat(number.label()).isEqualTo("price");
    List<Prediction> classes = ranked(Kind.LOGITS, List.of("no", "yes"), 3.5f);
    assertThat(classes.get(0).label()).isEqualTo("yes");
    assertThat(classes.get(0).probability()).isCloseTo(1 / (1 + Math.exp(-3.5)), ROUNDING);
  }

  @Test
  void numbers_keepTheirOrder() {
    assertThat(ranked(Kind.NUMBERS, List.of(), 1f, 99f, 5f))
        .extracting(Prediction::value)
        .containsExactly(1.0, 99.0, 5.0);
  }

  @Test
  void labelsThatDoNotFit_areNotShown() {
    assertThat(ranked(Kind.CLASSES, List.of("x", "y"), 0.1f, 0.2f, 0.7f))
        .extracting(Prediction::label)
        .containsExactly("2", "1", "0");
  }
}
