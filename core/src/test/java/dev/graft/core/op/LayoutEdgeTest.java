package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The corners of Slice, Pad and Reshape: what NumPy says there, on every backend. */
class LayoutEdgeTest {

  private static final long FIRST = Long.MIN_VALUE;
  private static final long LAST = Long.MAX_VALUE;

  /** A slice of {@code [0, 1, 2, 3, 4]}. */
  record Walk(long start, long end, long step, List<Float> taken) {}

  static Stream<String> backends() {
    return Backends.list().stream()
        .filter(Backends.Description::available)
        .map(Backends.Description::name);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void slice_followsNumPy(String backend) {
    for (Walk walk :
        List.of(
            new Walk(0, LAST, 1, List.of(0f, 1f, 2f, 3f, 4f)),
            new Walk(FIRST, LAST, 2, List.of(0f, 2f, 4f)),
            new Walk(LAST, FIRST, -1, List.of(4f, 3f, 2f, 1f, 0f)),
            new Walk(LAST, FIRST, -3, List.of(4f, 1f)),
            new Walk(-1, -6, -2, List.of(4f, 2f, 0f)),
            // In a negative walk an end of -1 is the last element: nothing lies behind it.
            new Walk(3, -1, -1, List.of()),
            new Walk(3, 1, 1, List.of()),
            new Walk(5, LAST, 1, List.of()),
            new Walk(1, 1, 1, List.of()),
            new Walk(1, 3, -1, List.of()),
            new Walk(1, LAST, LAST, List.of(1f)),
            new Walk(3, FIRST, FIRST, List.of(3f)),
            new Walk(2, FIRST, -LAST, List.of(2f)))) {
      Op slice =
          new Slice(List.of(walk.start()), List.of(walk.end()), List.of(0), List.of(walk.step()));
      float[] expected = floats(walk.taken());
      float[] scattered = new float[5];
      walk.taken().forEach(taken -> scattered[taken.intValue()] = 1);
      Result result = run(backend, slice, Shape.of(5));
      assertThat(result.output()).as("%s", walk).isEqualTo(expected);
      assertThat(result.gradient()).as("gradient of %s", walk).isEqualTo(scattered);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void slice_withALongStepInOneAxis_walksTheOther(String backend) {
    List<Long> starts = List.of(1L, 0L);
    Op slice = new Slice(starts, List.of(LAST, LAST), List.of(0, 1), List.of(LAST, 2L));
    assertThat(run(backend, slice, Shape.of(2, 3)).output()).containsExactly(3, 5);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void slice_ofAnEmptyAxis_isEmpty(String backend) {
    Op slice = new Slice(List.of(-1L), List.of(FIRST), List.of(1), List.of(-1L));
    Result result = run(backend, slice, Shape.of(2, 0));
    assertThat(result.shape()).isEqualTo(Shape.of(2, 0));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void pad_mayCutOffEverything(String backend) {
    Result result = run(backend, new Pad(List.of(-3, 2), 7), Shape.of(2));
    assertThat(result.output()).containsExactly(7);
    assertThat(result.gradient()).containsExactly(0, 0);
    Op extreme = new Pad(List.of(Integer.MIN_VALUE, Integer.MAX_VALUE), 7);
    assertThat(run(backend, extreme, Shape.of(3)).output()).containsExactly(7, 7);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void pad_ofAnEmptyTensor_isAllPadding(String backend) {
    Result result = run(backend, new Pad(List.of(1, 0, 1, 2), 7), Shape.of(0, 1));
    assertThat(result.shape()).isEqualTo(Shape.of(2, 3));
    assertThat(result.output()).containsOnly(7);
  }

  @Test
  void reshape_ofAnEmptyBatch_keepsTheSizeOfAnExample() {
    // A classifier's Reshape [0, -1] in front of a Gemm: its weight wants 12 features, batch or no.
    assertThat(reshaped(Shape.of(0, 3, 4), 0, -1)).isEqualTo(Shape.of(0, 12));
    assertThat(reshaped(Shape.of(0, 3, 4), -1, 12)).isEqualTo(Shape.of(0, 12));
    assertThat(reshaped(Shape.of(3, 0), 0, -1)).isEqualTo(Shape.of(3, 0));
    assertThat(reshaped(Shape.of(3, 0), 0, 0)).isEqualTo(Shape.of(3, 0));
  }

  @Test
  void reshape_toAndFromAScalar() {
    assertThat(reshaped(Shape.SCALAR, 1, -1)).isEqualTo(Shape.of(1, 1));
    assertThat(reshaped(Shape.of(1, 1))).isEqualTo(Shape.SCALAR);
  }

  @Test
  void axesGivenTwice_areTakenOnceByReductions() {
    List<Shape> x = List.of(Shape.of(2, 1));
    assertThat(new ReduceMean(List.of(1, -1), false).outputShapes(x)).containsExactly(Shape.of(2));
    assertThat(new Squeeze(List.of(1, -1)).outputShapes(x)).containsExactly(Shape.of(2));
  }

  private static Shape reshaped(Shape x, Integer... target) {
    return new Reshape(List.of(target)).outputShapes(List.of(x)).get(0);
  }

  private record Result(Shape shape, float[] output, float[] gradient) {}

  /** The operation on 0, 1, 2, …, and the gradient of the sum of its output. */
  private static Result run(String name, Op op, Shape shape) {
    try (Backend backend = Backends.byName(name, 1)) {
      float[] values = new float[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = i;
      }
      Tape tape = new Tape(backend);
      Value x = tape.parameter(Tensor.of(shape, values).upload(backend));
      Value y = tape.apply(op, x);
      int n = y.shape().elements();
      Tensor ones = Tensor.allocate(backend, Shape.of(n));
      backend.fill(n, 1, ones.buffer());
      Value flat = tape.apply(new Reshape(List.of(-1)), y);
      Value sum = tape.apply(new MatMul(), flat, tape.constant(ones));
      float[] output = y.tensor().download(backend);
      Tensor gradient = tape.backward(sum).of(x);
      assertThat(gradient).isNotNull();
      return new Result(y.shape(), output, gradient.download(backend));
    }
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }
}
