package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What forward saves is what backward reads, no less and no more. No less: {@link GradientTest},
 * through the tape. No more: here, by taking one saved tensor away at a time.
 */
class SavesTest {

  private static final ReferenceBackend BACKEND = new ReferenceBackend();

  static List<OpCase> cases() {
    // Without elements a rule may return early.
    return OpCases.all().stream()
        .filter(c -> c.shapes().stream().allMatch(s -> s == null || s.elements() > 0))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backward_readsAllThatIsSaved(OpCase c) {
    for (Needs needs : c.masks()) {
      if (!needs.any() || c.op().isView()) {
        continue;
      }
      Saves all = c.op().saves(needs);
      Set<Integer> there =
          all.inputs().stream()
              .filter(i -> i < c.inputs().size() && c.has(i))
              .collect(Collectors.toSet());
      Saves saves = new Saves(there, all.outputs(), all.scratch());
      for (int input : saves.inputs()) {
        Set<Integer> rest = without(saves.inputs(), input);
        expectMissed(c, needs, new Saves(rest, saves.outputs(), saves.scratch()), "input " + input);
      }
      for (int output : saves.outputs()) {
        Set<Integer> rest = without(saves.outputs(), output);
        expectMissed(c, needs, new Saves(saves.inputs(), rest, saves.scratch()), "an output");
      }
      if (saves.scratch()) {
        expectMissed(c, needs, new Saves(saves.inputs(), saves.outputs(), false), "scratch");
      }
    }
  }

  @Test
  void convolution_keepsItsInputForTheWeightAlone() {
    Op conv = new Conv(Window.square(3, 1, 1), 1);
    assertThat(conv.saves(Needs.of(true, false, false))).isEqualTo(Saves.inputs(1));
    assertThat(conv.saves(Needs.of(false, true, false))).isEqualTo(Saves.inputs(0));
    assertThat(conv.saves(Needs.of(false, false, true))).isEqualTo(Saves.NOTHING);
  }

  @Test
  void activations_keepTheirOutput() {
    for (Op op : List.of(new Relu(), new Sigmoid(), new Tanh(), new Softmax(1))) {
      assertThat(op.saves(Needs.of(true))).as(op.type()).isEqualTo(Saves.outputs(0));
    }
  }

  @Test
  void linearOperations_keepNothing() {
    Needs both = Needs.of(true, true);
    Window window = Window.square(2, 2, 0);
    for (Op op :
        List.of(
            new Add(),
            new Sub(),
            new Concat(1),
            new AveragePool(window, true),
            new GlobalAveragePool(),
            new Dropout(0.5, true),
            new Pad(List.of(0, 0), 0),
            new ReduceMean(List.of(), false))) {
      assertThat(op.saves(both)).as(op.type()).isEqualTo(Saves.NOTHING);
    }
  }

  private static Set<Integer> without(Set<Integer> all, int one) {
    List<Integer> rest = new ArrayList<>(all);
    rest.remove((Integer) one);
    return Set.copyOf(rest);
  }

  private static void expectMissed(OpCase c, Needs needs, Saves given, String missing) {
    assertThat(catchThrowable(() -> backward(c, needs, given)))
        .as("%s under %s declares %s, which it does not read", c, needs, missing)
        .isInstanceOfAny(NullPointerException.class, IndexOutOfBoundsException.class);
  }

  /** Forward and backward without a tape, where backward is given exactly {@code given}. */
  private static void backward(OpCase c, Needs needs, Saves given) {
    double[][] drawn = c.draw();
    List<@Nullable Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < drawn.length; i++) {
      inputs.add(c.has(i) ? c.inputs().get(i).tensor(BACKEND, drawn[i]) : null);
    }
    List<Tensor> outputs = allocate(c.op().outputShapes(c.shapes()));
    List<Tensor> scratch = allocate(c.op().scratchShapes(c.shapes(), needs));
    List<Tensor> temporaries = allocate(c.op().forwardTemporaries(c.shapes()));
    c.op().forward(new Forward(BACKEND, inputs, outputs, scratch, temporaries, c.key()));
    List<@Nullable Tensor> dys = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Tensor dy = Tensor.allocate(BACKEND, outputs.get(i).shape());
      BACKEND.fill(dy.shape().elements(), 1, dy.buffer());
      dys.add(c.op().differentiableOutput(i) ? dy : null);
    }
    List<@Nullable Tensor> gradients = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      gradients.add(needs.of(i) ? Tensor.allocate(BACKEND, c.shapes().get(i)) : null);
    }
    c.op()
        .backward(
            new Backward(
                BACKEND,
                needs,
                c.shapes(),
                only(inputs, given.inputs()),
                only(outputs, given.outputs()),
                given.scratch() ? scratch : List.of(),
                allocate(c.op().backwardTemporaries(c.shapes(), needs)),
                dys,
                gradients,
                c.key()));
  }

  private static List<Tensor> allocate(List<Shape> shapes) {
    return shapes.stream().map(s -> Tensor.allocate(BACKEND, s)).toList();
  }

  private static List<@Nullable Tensor> only(
      List<? extends @Nullable Tensor> all, Set<Integer> positions) {
    List<@Nullable Tensor> kept = new ArrayList<>(Collections.nCopies(all.size(), null));
    positions.forEach(i -> kept.set(i, all.get(i)));
    return kept;
  }
}
