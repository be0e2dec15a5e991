package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an operation says it is for axes in another order computes the same, in every order. */
class ReorderedTest {

  private static final ReferenceBackend BACKEND = new ReferenceBackend();

  /** Sums over up to 24 terms of size 1, in double precision and another order. */
  private static final double TOLERANCE = 1e-14;

  @Test
  void transposedBeforeOrBehind_isTheSame() {
    Set<String> tried = new HashSet<>();
    for (OpCase c : OpCases.all()) {
      if (c.shapes().contains(null)) {
        continue; // An optional input is absent: a region refuses these.
      }
      int rank = c.shapes().stream().mapToInt(Shape::rank).max().orElse(0);
      for (AxisOrder order : orders(rank)) {
        Reordered other = c.op().reordered(order);
        // Of what is random the elements that are hit differ, not how many.
        if (other != null && !c.op().isRandom()) {
          check(c, order, other);
          tried.add(c.op().type());
        }
      }
    }
    assertThat(tried).contains("Relu", "Gelu", "Add", "Div", "Softmax", "LogSoftmax", "Concat");
    assertThat(tried).contains("Split", "Slice", "Pad", "ReduceMean", "Squeeze", "Dropout");
    assertThat(tried).contains("ReduceSum", "ReduceMax", "Where", "Resize", "Greater", "Max");
    assertThat(tried).doesNotContain("Conv", "MaxPool", "MatMul", "Reshape", "Flatten", "Gather");
  }

  private static void check(OpCase c, AxisOrder order, Reordered other) {
    Tape tape = new Tape(BACKEND);
    double[][] drawn = c.draw();
    List<Value> reads = new ArrayList<>();
    List<Value> moved = new ArrayList<>();
    for (int i = 0; i < drawn.length; i++) {
      Value x = tape.constant(c.inputs().get(i).tensor(BACKEND, drawn[i]));
      reads.add(x);
      moved.add(transposed(tape, order.inverse(), widened(tape, x, order.rank())));
    }
    List<Value> expected = tape.apply(c.op(), c.key(), reads);
    List<Value> found = tape.apply(other.op(), c.key(), moved);
    for (int k = 0; k < expected.size(); k++) {
      Value back = transposed(tape, other.order(), found.get(k));
      assertThat(back.shape()).as("%s in order %s", c, order).isEqualTo(expected.get(k).shape());
      assertThat(values(back))
          .as("%s in order %s, output %d", c, order, k)
          .containsExactly(values(expected.get(k)), within(TOLERANCE));
    }
  }

  private static double[] values(Value value) {
    return BACKEND.values(value.tensor().buffer(), value.shape().elements());
  }

  private static Value widened(Tape tape, Value x, int rank) {
    List<Integer> sizes = new ArrayList<>(Collections.nCopies(rank - x.shape().rank(), 1));
    for (int size : x.shape().toArray()) {
      sizes.add(size);
    }
    return x.shape().elements() == 0 ? x : tape.apply(new Reshape(sizes), x);
  }

  private static Value transposed(Tape tape, AxisOrder order, Value x) {
    return order.isUnchanged() ? x : tape.apply(new Transpose(order.places()), x);
  }

  private static List<AxisOrder> orders(int rank) {
    List<List<Integer>> orders = new ArrayList<>(List.of(List.of()));
    for (int axis = 0; axis < rank; axis++) {
      List<List<Integer>> longer = new ArrayList<>();
      for (List<Integer> order : orders) {
        for (int at = 0; at <= axis; at++) {
          List<Integer> more = new ArrayList<>(order);
          more.add(at, axis);
          longer.add(more);
        }
      }
      orders = longer;
    }
    return orders.stream().map(AxisOrder::new).toList();
  }

  @Test
  void orders_compose() {
    AxisOrder toLast = new AxisOrder(List.of(0, 2, 3, 1));
    Shape first = Shape.of(2, 3, 4, 5);
    assertThat(toLast.of(first)).isEqualTo(Shape.of(2, 4, 5, 3));
    assertThat(toLast.axis(-1)).isEqualTo(1);
    assertThat(toLast.inverse().of(toLast.of(first))).isEqualTo(first);
    assertThat(toLast.inverse().after(toLast).isUnchanged()).isTrue();
    AxisOrder turned = new AxisOrder(List.of(3, 0, 1, 2));
    assertThat(turned.after(toLast).of(first)).isEqualTo(turned.of(toLast.of(first)));
    assertThat(toLast.without(List.of(-1)).isUnchanged()).isTrue();
    assertThat(turned.without(List.of(1)).places()).containsExactly(2, 0, 1);
    assertThat(toLast.keepsElements(Shape.of(2, 3, 1, 1))).isTrue();
    assertThat(toLast.keepsElements(Shape.of(2, 1, 4, 5))).isTrue();
    assertThat(toLast.keepsElements(Shape.of(2, 3, 1, 5))).isFalse();
  }
}
