package dev.graft.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class SessionTest {

  private static final float[] ITEM = {0.3f, -1, 2};

  private static GraphBuilder builder() {
    return new GraphBuilder(4);
  }

  private static List<Prediction> predict(Model model) {
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model, backend)) {
      return session.ranked(session.predict(ITEM));
    }
  }

  @Test
  void probabilities_areTheSame_howeverTheModelEnds() {
    GraphBuilder g = builder();
    String logits = g.linear("fc", g.input("x", Shape.of(3)), 4);
    List<Prediction> fromLogits = predict(g.build(logits));
    List<Prediction> fromSoftmax = predict(g.build(g.op(new Softmax(1), logits)));
    List<Prediction> fromLogs = predict(g.build(g.op(new LogSoftmax(1), logits)));
    double sum = fromLogits.stream().mapToDouble(Prediction::probability).sum();
    assertThat(sum).isCloseTo(1, Assertions.within(1e-6));
    for (int i = 0; i < 4; i++) {
      assertThat(fromSoftmax.get(i).index()).isEqualTo(fromLogits.get(i).index());
      double expected = fromLogits.get(i).probability();
      assertThat(fromSoftmax.get(i).probability()).isCloseTo(expected, Assertions.within(1e-6));
      assertThat(fromLogs.get(i).probability()).isCloseTo(expected, Assertions.within(1e-6));
    }
    assertThat(fromLogits)
        .isSortedAccordingTo((a, b) -> Double.compare(b.probability(), a.probability()));
  }

  @Test
  void labels_nameTheClasses_numbersWhereThereAreNone() {
    GraphBuilder g = builder();
    Model model = g.build(g.linear("fc", g.input("x", Shape.of(3)), 2));
    assertThat(predict(model)).extracting(Prediction::label).containsExactlyInAnyOrder("0", "1");
    Model named = model.with(model.metadata().withLabels(List.of("cat", "dog")));
    assertThat(predict(named))
        .extracting(Prediction::label)
        .containsExactlyInAnyOrder("cat", "dog");
  }

  @Test
  void closedSession_andUnsaidPreprocessing_areRefused() {
    GraphBuilder g = builder();
    Model model = g.build(g.linear("fc", g.input("x", Shape.of(3)), 2));
    Session session = Session.of(model);
    BufferedImage picture = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
    assertThatThrownBy(() -> session.predict(picture)).hasMessageContaining("imagenet");
    session.close();
    assertThatThrownBy(() -> session.predict(ITEM)).hasMessageContaining("closed");
  }

  @Test
  void aPicture_isPreparedAsTheModelSays() {
    GraphBuilder g = builder();
    String x = g.input("image", Shape.of(1, 2, 2));
    Model model = g.build(g.flatten(g.op(new Identity(), x)));
    Preprocessing tf = Preprocessing.named("tf", 1, 2, 2);
    BufferedImage picture = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
    picture.getRaster().setSample(1, 0, 0, 255);
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model.with(model.metadata().withPreprocessing(tf)), backend)) {
      List<Prediction> ranked = session.predict(picture);
      // The white pixel is 1, the black ones are -1.
      double e = Math.exp(2);
      assertThat(ranked.get(0).index()).isEqualTo(1);
      assertThat(ranked.get(0).probability()).isCloseTo(e / (e + 3), Assertions.within(1e-6));
      assertThat(ranked.get(3).probability()).isCloseTo(1 / (e + 3), Assertions.within(1e-6));
    }
  }

  @Test
  void manyPictures_areEachPredictedAsOne() {
    GraphBuilder g = builder();
    Model model = g.build(g.flatten(g.op(new Identity(), g.input("image", Shape.of(1, 2, 2)))));
    Preprocessing unit = Preprocessing.named("unit", 1, 2, 2);
    List<BufferedImage> pictures =
        IntStream.range(0, 70)
            .mapToObj(
                i -> {
                  BufferedImage picture = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
                  picture.getRaster().setSample(i % 2, i / 2 % 2, 0, 100 + i);
                  return picture;
                })
            .toList();
    try (JavaBackend backend = new JavaBackend(1);
        Session session =
            Session.of(model.with(model.metadata().withPreprocessing(unit)), backend)) {
      assertThat(session.predict(pictures))
          .isEqualTo(pictures.stream().map(session::predict).toList())
          .hasSize(70);
      assertThat(session.predict(List.of())).isEmpty();
    }
  }

  @Test
  void sessions_shareAModel_inTheirOwnThreads() {
    GraphBuilder g = builder();
    Model model = g.build(g.linear("fc", g.input("x", Shape.of(3)), 4));
    List<float[]> found =
        IntStream.range(0, 8)
            .parallel()
            .mapToObj(
                i -> {
                  try (JavaBackend backend = new JavaBackend(1);
                      Session session = Session.of(model, backend)) {
                    return session.predict(ITEM);
                  }
                })
            .toList();
    assertThat(found).allSatisfy(y -> assertThat(y).isEqualTo(found.get(0)));
  }

  @Test
  void wrongInputs_areNamed() {
    GraphBuilder g = builder();
    Model model = g.build(g.linear("fc", g.input("x", Shape.of(3)), 4));
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model, backend)) {
      assertThatThrownBy(() -> session.predict(new float[2])).hasMessageContaining("[1,3]");
      assertThatThrownBy(() -> session.run(Map.of("y", Tensor.zeros(Shape.of(1, 3)))))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("input x [N,3] was not given");
    }
  }
}
