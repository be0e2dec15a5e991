package dev.graft.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.JavaBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.LogSoftmax;
import dev.graft.core.op.Softmax;
import dev.graft.core.tensor.Shape;
import java.awt.image.BufferedImage;
import java.util.List;
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
}
