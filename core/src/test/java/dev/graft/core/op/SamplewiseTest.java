package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Where an operation says that samples do not meet, it computes the same for each of them alone.
 */
class SamplewiseTest {

  private static final ReferenceBackend BACKEND = new ReferenceBackend();

  @Test
  void samplesAlone_giveWhatTheyGiveTogether() {
    Set<String> tried = new HashSet<>();
    for (OpCase c : OpCases.all()) {
      for (boolean[] batched : choices(c.inputs().size())) {
        if (sameNumberOfSamples(c, batched) && c.op().isSamplewise(c.shapes(), batched)) {
          check(c, batched);
          tried.add(c.op().type());
        }
      }
    }
    assertThat(tried)
        .contains("Conv", "MaxPool", "BatchNormalization", "Add", "Concat", "Gemm", "Flatten")
        .contains("Softmax", "Transpose", "Pad", "ReduceMean", "Relu", "MatMul");
  }

  /** Every choice of batched inputs but none. */
  private static List<boolean[]> choices(int inputs) {
    List<boolean[]> choices = new ArrayList<>();
    for (int bits = 1; bits < 1 << inputs; bits++) {
      boolean[] batched = new boolean[inputs];
      for (int i = 0; i < inputs; i++) {
        batched[i] = (bits >> i & 1) == 1;
      }
      choices.add(batched);
    }
    return choices;
  }

  private static boolean sameNumberOfSamples(OpCase c, boolean[] batched) {
    Set<Integer> sizes = new HashSet<>();
    for (int i = 0; i < batched.length; i++) {
      if (batched[i]) {
        Shape shape = c.shapes().get(i);
        sizes.add(shape.rank() == 0 ? 0 : shape.size(0));
      }
    }
    return sizes.size() == 1 && !sizes.contains(0);
  }

  private static void check(OpCase c, boolean[] batched) {
    double[][] values = c.draw();
    double[] all = OpRun.forward(BACKEND, c, values).output();
    int samples = c.op().outputShapes(c.shapes()).get(0).size(0);
    int each = all.length / samples;
    for (int sample = 0; sample < samples; sample++) {
      List<OpCase.Input> inputs = new ArrayList<>(c.inputs());
      double[][] cut = values.clone();
      for (int i = 0; i < batched.length; i++) {
        if (batched[i]) {
          OpCase.Input input = inputs.get(i);
          assertThat(input.shape().size(0)).as(c.toString()).isEqualTo(samples);
          int length = values[i].length / samples;
          inputs.set(i, new OpCase.Input(input.shape().with(0, 1), input.values()));
          cut[i] = Arrays.copyOfRange(values[i], sample * length, (sample + 1) * length);
        }
      }
      OpCase alone = new OpCase(c.name(), c.op(), inputs);
      assertThat(OpRun.forward(BACKEND, alone, cut).output())
          .as("%s, batched %s, sample %d", c, Arrays.toString(batched), sample)
          .containsExactly(Arrays.copyOfRange(all, sample * each, (sample + 1) * each));
    }
  }
}
