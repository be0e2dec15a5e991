package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.OpenSizeException;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Along the axis of which an operation says that samples do not meet, it computes the same for each
 * of them alone.
 */
class SampleAxisTest {

  private static final ReferenceBackend BACKEND = new ReferenceBackend();

  @Test
  void samplesAlone_giveWhatTheyGiveTogether() {
    Set<String> tried = new HashSet<>();
    Set<String> behindOthers = new HashSet<>();
    for (OpCase c : OpCases.all()) {
      for (List<Integer> axes : choices(c)) {
        int result = result(c, axes);
        if (result >= 0) {
          check(c, axes, result);
          tried.add(c.op().type());
          if (result > 0) {
            behindOthers.add(c.op().type());
          }
        }
      }
    }
    assertThat(tried)
        .contains("Conv", "MaxPool", "BatchNormalization", "Add", "Concat", "Gemm", "Flatten")
        .contains(
            "Gather",
            "GRU",
            "LSTM",
            "RNN",
            "Split",
            "Softmax",
            "Transpose",
            "Pad",
            "ReduceMean",
            "Relu",
            "MatMul",
            "Slice");
    assertThat(behindOthers).contains("Add", "MatMul", "ReduceMean", "Slice", "Transpose");
  }

  /** Every choice of an axis, or none, for each input, along which all have as many samples. */
  private static List<List<Integer>> choices(OpCase c) {
    List<List<Integer>> choices = new ArrayList<>(List.of(List.of()));
    for (Shape shape : c.shapes()) {
      List<List<Integer>> longer = new ArrayList<>();
      for (List<Integer> choice : choices) {
        for (int axis = Samples.NONE; axis < (shape == null ? 0 : shape.rank()); axis++) {
          List<Integer> more = new ArrayList<>(choice);
          more.add(axis);
          if (sizes(c, more).size() <= 1 && !sizes(c, more).contains(0)) {
            longer.add(more);
          }
        }
      }
      choices = longer;
    }
    choices.removeIf(choice -> sizes(c, choice).isEmpty());
    return choices;
  }

  private static Set<Integer> sizes(OpCase c, List<Integer> axes) {
    Set<Integer> sizes = new HashSet<>();
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) >= 0) {
        sizes.add(c.shapes().get(i).size(axes.get(i)));
      }
    }
    return sizes;
  }

  /** What the operation says with the number of samples open. */
  private static int result(OpCase c, List<Integer> axes) {
    List<@Nullable Fact> facts = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      if (!c.has(i)) {
        facts.add(null);
        continue;
      }
      Shape shape = c.shapes().get(i);
      facts.add(
          c.inputs().get(i).fact(axes.get(i) < 0 ? shape : shape.with(axes.get(i), Size.BATCH)));
    }
    try {
      int axis = c.op().sampleAxis(facts, axes);
      if (axis >= 0) {
        List<Fact> outputs = c.op().infer(facts);
        for (int i = 0; i < outputs.size(); i++) {
          int own = c.op().sampleAxis(i, facts, axes);
          assertThat(outputs.get(i).shape().dim(own)).as("%s, %d", c, i).isEqualTo(Size.BATCH);
        }
      }
      return axis;
    } catch (OpenSizeException | ShapeException e) {
      // A shape that was written down for this number of samples, or a size that must be known.
      return Samples.MIXED;
    }
  }

  private static void check(OpCase c, List<Integer> axes, int result) {
    double[][] values = c.draw();
    double[] all = OpRun.forward(BACKEND, c, values).output();
    Shape whole = c.op().outputShapes(c.shapes()).get(0);
    int samples = sizes(c, axes).iterator().next();
    for (int sample = 0; sample < samples; sample++) {
      List<OpCase.@Nullable Input> inputs = new ArrayList<>(c.inputs());
      double[][] cut = values.clone();
      for (int i = 0; i < axes.size(); i++) {
        if (axes.get(i) >= 0) {
          Shape shape = inputs.get(i).shape();
          Shape one = shape.with(axes.get(i), 1);
          inputs.set(i, new OpCase.Input(one, inputs.get(i).values()));
          cut[i] = sample(values[i], shape, axes.get(i), sample);
        }
      }
      OpCase alone = new OpCase(c.name(), c.op(), inputs);
      assertThat(OpRun.forward(BACKEND, alone, cut).output())
          .as("%s, samples along %s, sample %d", c, axes, sample)
          .containsExactly(sample(all, whole, result, sample));
    }
  }

  /** The elements of one sample. */
  private static double[] sample(double[] all, Shape shape, int axis, int sample) {
    int outer = shape.elements(0, axis);
    int inner = shape.elements(axis + 1, shape.rank());
    double[] one = new double[outer * inner];
    for (int row = 0; row < outer; row++) {
      int from = (row * shape.size(axis) + sample) * inner;
      System.arraycopy(all, from, one, row * inner, inner);
    }
    return one;
  }
}
