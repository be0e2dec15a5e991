package dev.graft.core.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputMeaningTest {

  private static final Op SOFTMAX = new Softmax(1);
  private static final Op SIGMOID = new Sigmoid();
  private static final Op SLICE = new Slice(List.of(1L), List.of(3L), List.of(1), List.of(1L));
  private static final Op COLUMN = new Reshape(List.of(0, 3, 1));
  private static final Op MEAN = new ReduceMean(List.of(2), false);

  /** A linear layer of three outputs with these operations behind it. */
  private static Graph network(Op... behind) {
    GraphBuilder g = new GraphBuilder(1);
    String factor = g.weight("factor", Tensor.of(Shape.of(1), 2f));
    String x = g.linear("fc", g.input("x", Shape.of(4)), 3);
    for (Op op : behind) {
      x = op instanceof Mul ? g.op(op, x, factor) : g.op(op, x);
    }
    return g.build(x).graph();
  }

  private static OutputMeaning.Kind kind(Op... behind) {
    return OutputMeaning.of(network(behind)).kind();
  }

  @Test
  void bareOutput_isLogits() {
    assertThat(kind()).isEqualTo(OutputMeaning.Kind.LOGITS);
    assertThat(kind(new Relu())).isEqualTo(OutputMeaning.Kind.LOGITS);
    assertThat(kind(new Mul())).isEqualTo(OutputMeaning.Kind.LOGITS);
    assertThat(kind(SOFTMAX, new Relu())).isEqualTo(OutputMeaning.Kind.LOGITS);
  }

  @Test
  void scores_areFoundBehindWhatKeepsThem() {
    Op clip = new Clip(1e-7, 1 - 1e-7);
    for (Op end : List.of(new Identity(), new Dropout(0.5, false), COLUMN, SLICE, clip)) {
      assertThat(kind(SOFTMAX, end)).as("%s", end).isEqualTo(OutputMeaning.Kind.CLASSES);
      assertThat(kind(SIGMOID, end)).as("%s", end).isEqualTo(OutputMeaning.Kind.LABELS);
    }
    assertThat(kind(SIGMOID, new Flatten(1), new Identity(), SLICE))
        .isEqualTo(OutputMeaning.Kind.LABELS);
    assertThat(kind(new Mul(), SOFTMAX)).isEqualTo(OutputMeaning.Kind.CLASSES);
  }

  @Test
  void logarithms_areKnown() {
    OutputMeaning meaning = OutputMeaning.of(network(new LogSoftmax(1), new Flatten(1)));
    assertThat(meaning.kind()).isEqualTo(OutputMeaning.Kind.CLASSES);
    assertThat(meaning.isLogarithm()).isTrue();
    assertThat(OutputMeaning.of(network(SOFTMAX)).isLogarithm()).isFalse();
  }

  @Test
  void scaledScores_areNumbers_andAveragedOnesStillScores() {
    assertThat(kind(SOFTMAX, new Mul())).isEqualTo(OutputMeaning.Kind.NUMBERS);
    assertThat(kind(COLUMN, SIGMOID, MEAN)).isEqualTo(OutputMeaning.Kind.LABELS);
  }

  @Test
  void logits_passWhatScoresThem() {
    Graph graph = network(SOFTMAX, new Clip(0, 1), new Flatten(1));
    Graph logits = OutputMeaning.of(graph).logits(graph);
    assertThat(logits.nodes().stream().map(n -> n.op().type()))
        .endsWith("Identity", "Identity", "Flatten");
    Graph averaged = network(COLUMN, SOFTMAX, MEAN);
    assertThat(OutputMeaning.of(averaged).logits(averaged).nodes()).isEqualTo(averaged.nodes());
  }
}
