package dev.graft.core.transfer.assess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.Rejection;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.FineTuneFixture;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A model that says that it does not know. */
class RejectsTest extends FineTuneFixture {

  @Test
  void ofItsOwnPictures_aboutTheShareIsUnknown_andNothingElseChanges() {
    Model tuned =
        FineTune.run(Toy.network(), Toy.data(), settings(Recipe.FULL, 10).rate(0.05)).model();
    Toy.Halves learnt = new Toy.Halves(40, 1);
    Toy.Halves others = new Toy.Halves(40, 2);
    Model rejecting = Rejects.fit(tuned, learnt, others, 0.1, backend, 2);
    int unknown = 0;
    try (Session plain = Session.of(tuned, backend);
        Session session = Session.of(rejecting, backend)) {
      List<List<Prediction>> said =
          session.predict(IntStream.range(0, 40).mapToObj(others::picture).toList());
      for (int i = 0; i < 40; i++) {
        List<Prediction> before = plain.predict(others.picture(i));
        boolean isUnknown = said.get(i).get(0).label().equals(Rejection.UNKNOWN);
        unknown += isUnknown ? 1 : 0;
        assertThat(said.get(i).subList(isUnknown ? 1 : 0, said.get(i).size()).get(0).label())
            .isEqualTo(before.get(0).label());
      }
      // What an application feeds and gets is what it was.
      assertThat(session.run(Map.of("image", Tensor.zeros(Shape.of(1, 1, Toy.SIZE, Toy.SIZE)))))
          .hasSize(1);
    }
    assertThat(unknown).isBetween(2, 4);
    assertThatThrownBy(() -> Rejects.fit(tuned, learnt, others, 0, backend, 2))
        .hasMessageContaining("(0, 1)");
  }

  @Test
  void thresholds_areWrittenAndReadToTheBit() {
    Rejection rejection = new Rejection(List.of(0.6f, 0.8f, 0f, 0f), 4, 0.1, 0.75);
    assertThat(Rejection.of(rejection.in(Toy.network()))).isEqualTo(rejection);
    assertThat(Rejection.of(Toy.network())).isNull();
    for (String text : List.of("", "4 0.1", "4 0.1 0.75 ???", "3 0.1 0.75 AAAA", "2 0.1 0.75 ")) {
      Model damaged =
          Toy.network().with(Toy.network().metadata().withProvenance(Map.of("graft.reject", text)));
      assertThatThrownBy(() -> Session.of(damaged, backend))
          .as(text)
          .isInstanceOf(GraphException.class)
          .hasMessageContaining("train it again");
    }
    Rejection one = new Rejection(List.of(0.6f, 0.8f), 2, 0.1, 0.75);
    assertThat(one.distance(new double[] {0.6, 0.8})).isCloseTo(0, within(1e-6));
    assertThat(one.distance(new double[] {-0.8, 0.6})).isCloseTo(1, within(1e-6));
  }

  /** Vectors in a plane of five dimensions, and a little of everything else. */
  @Test
  void leadingDirections_spanWhatTheVectorsSpan() {
    double[][] vectors = new double[50][5];
    for (int n = 0; n < 50; n++) {
      double a = Rng.uniformDouble(3, 2L * n) - 0.5;
      double b = Rng.uniformDouble(3, 2L * n + 1) - 0.5;
      vectors[n] = new double[] {a, a, b, 0, 0.001 * b};
    }
    double[][] directions = LeadingDirections.of(vectors, 2, 1);
    for (double[] vector : vectors) {
      double all = 0;
      double inside = 0;
      for (double value : vector) {
        all += value * value;
      }
      for (double[] direction : directions) {
        double along = 0;
        for (int i = 0; i < 5; i++) {
          along += direction[i] * vector[i];
        }
        inside += along * along;
      }
      assertThat(inside).isCloseTo(all, within(1e-9));
    }
    // More than they span: what is left over is nothing.
    double[][] many = LeadingDirections.of(vectors, 4, 1);
    assertThat(many).hasDimensions(4, 5);
    for (double[] direction : many) {
      assertThat(direction).doesNotContain(Double.NaN);
    }
  }
}
