package dev.graft.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Test-time augmentation: the mean of what is said of several views. */
class ViewsTest {

  private static Model model() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.flatten(g.input("image", Shape.of(1, 6, 6)));
    Model model = g.build(g.linear("fc", x, 3));
    return model.with(model.metadata().withPreprocessing(Preprocessing.named("unit", 1, 6, 6)));
  }

  private static BufferedImage picture(boolean mirrored) {
    BufferedImage picture = new BufferedImage(6, 6, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 36; i++) {
      int x = mirrored ? 5 - i % 6 : i % 6;
      picture.getRaster().setSample(x, i / 6, 0, i * i % 251);
    }
    return picture;
  }

  private static double of(List<Prediction> predictions, int index) {
    return predictions.stream().filter(p -> p.index() == index).findFirst().orElseThrow().value();
  }

  @Test
  void flip_isTheMeanOfThePictureAndItsMirrorImage() {
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model(), backend)) {
      List<Prediction> one = session.predict(picture(false));
      List<Prediction> other = session.predict(picture(true));
      List<Prediction> both = session.predict(picture(false), Augment.FLIP);
      for (int k = 0; k < 3; k++) {
        // Batches of one and of two may add in another order.
        assertThat(of(both, k)).isCloseTo((of(one, k) + of(other, k)) / 2, within(1e-6));
      }
      assertThat(of(one, 0)).isNotEqualTo(of(other, 0));
      assertThat(both)
          .isSortedAccordingTo((a, b) -> Double.compare(b.probability(), a.probability()));
      assertThat(session.predict(picture(false), Augment.NONE)).isEqualTo(one);
      List<Prediction> crops = session.predict(picture(false), Augment.CROP_FLIP);
      assertThat(crops).isNotEqualTo(one).hasSize(3);
      assertThat(session.predict(picture(false), Augment.CROP_FLIP)).isEqualTo(crops);
    }
  }

  @Test
  void whatThePictureItselfSays_decidesWhetherItIsKnown() {
    Prediction a = new Prediction("a", 0, 0.6);
    Prediction b = new Prediction("b", 1, 0.4);
    List<Prediction> known = List.of(a, b);
    List<Prediction> other = List.of(new Prediction("b", 1, 0.9), new Prediction("a", 0, 0.1));
    List<Prediction> unknown = List.of(Prediction.unknown(0.6), a, b);
    assertThat(MeanPrediction.of(List.of(known, other)))
        .extracting(Prediction::label)
        .containsExactly("b", "a");
    List<Prediction> mean = MeanPrediction.of(List.of(unknown, other));
    assertThat(mean).extracting(Prediction::label).containsExactly(Rejection.UNKNOWN, "b", "a");
    assertThat(mean.get(0).probability()).isCloseTo(0.35, within(1e-12));
    List<Prediction> numbers = List.of(Prediction.ofNumber("x", 0, 2));
    assertThat(MeanPrediction.of(List.of(numbers, List.of(Prediction.ofNumber("x", 0, 4)))))
        .containsExactly(Prediction.ofNumber("x", 0, 3));
  }
}
