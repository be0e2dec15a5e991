package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Rng;
import java.util.Arrays;

/** Storage, slices, transfers and strided copies. */
class MemoryContractTest {

  @EachBackend
  void namesItself(Backend backend) {
    assertThat(Backends.list()).extracting(Backends.Description::name).contains(backend.name());
    assertThat(backend.threads()).isPositive();
  }

  @EachBackend
  void transfers_keepEveryBit(Backend backend) {
    float[] values = {
      0f,
      -0f,
      1f,
      Float.MIN_VALUE,
      Float.MIN_NORMAL,
      Float.MAX_VALUE,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      (float) Math.PI
    };
    float[] source = new float[values.length + 4];
    System.arraycopy(values, 0, source, 3, values.length);
    Buffer buffer = backend.allocate(values.length);
    backend.upload(source, 3, values.length, buffer);
    float[] target = new float[values.length + 2];
    backend.download(buffer, values.length, target, 1);
    assertThat(Arrays.copyOfRange(target, 1, 1 + values.length))
        .usingComparator(Arrays::compare)
        .isEqualTo(values);
    assertThat(target[0]).isZero();
    assertThat(target[values.length + 1]).isZero();
  }

  @EachBackend
  void slices_shareStorage(Backend backend) {
    Buffer whole = backend.allocate(10);
    backend.fill(10, 1, whole);
    Buffer inner = whole.slice(2, 6).slice(1, 3);
    assertThat(inner.length()).isEqualTo(3);
    backend.fill(3, 7, inner);
    float[] values = new float[10];
    backend.download(whole, 10, values, 0);
    assertThat(values).containsExactly(1, 1, 1, 7, 7, 7, 1, 1, 1, 1);
  }

  @EachBackend
  void slices_stayWithinTheirBuffer(Backend backend) {
    Buffer part = backend.allocate(10).slice(2, 6);
    assertThat(part.slice(6, 0).length()).isZero();
    assertThatThrownBy(() -> part.slice(1, 6)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> part.slice(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> part.slice(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @EachBackend
  void fill_writesItsRangeOnly(Backend backend) {
    for (int n : withExtremes()) {
      Comparison c = new Comparison(backend, "fill " + n);
      Operand y = c.output(n + 1);
      c.run(b -> b.fill(n, 0.1, y.on(b)));
      c.isExact(y);
    }
  }

  @EachBackend
  void copy_ofARun_writesItsRangeOnly(Backend backend) {
    for (int n : withExtremes()) {
      Comparison c = new Comparison(backend, "copy " + n);
      Operand x = c.random(n);
      Operand y = c.output(n + 1);
      c.run(b -> b.copy(n, x.on(b), y.on(b)));
      c.isExact(y);
    }
  }

  @EachBackend
  void copy_permutes(Backend backend) {
    Comparison c = new Comparison(backend, "transpose by hand");
    Operand x = c.input(1, 2, 3, 4, 5, 6);
    Operand y = c.output(6);
    c.run(b -> copy(b, new int[] {3, 2}, x, 0, new int[] {1, 3}, 0, new int[] {2, 1}, y));
    assertThat(y.actual()).containsExactly(1, 4, 2, 5, 3, 6);
  }

  @EachBackend
  void copy_reversesAndBroadcasts(Backend backend) {
    Comparison c = new Comparison(backend, "reverse and repeat by hand");
    Operand x = c.input(1, 2, 3);
    Operand y = c.output(6);
    c.run(b -> copy(b, new int[] {2, 3}, x, 2, new int[] {0, -1}, 0, new int[] {3, 1}, y));
    assertThat(y.actual()).containsExactly(3, 2, 1, 3, 2, 1);
  }

  @EachBackend
  void copy_leavesTheRestOfItsTarget(Backend backend) {
    Comparison c = new Comparison(backend, "a column into a matrix by hand");
    Operand x = c.input(9, 8);
    Operand y = c.updated(1, 2, 3, 4, 5, 6);
    c.run(b -> copy(b, new int[] {2}, x, 0, new int[] {1}, 1, new int[] {3}, y));
    assertThat(y.actual()).containsExactly(1, 9, 3, 4, 8, 6);
  }

  @EachBackend
  void copy_ofAScalarAndOfNothing(Backend backend) {
    Comparison c = new Comparison(backend, "scalar");
    Operand x = c.input(4, 5);
    Operand y = c.updated(1, 2);
    c.run(b -> copy(b, new int[0], x, 1, new int[0], 0, new int[0], y));
    c.run(b -> copy(b, new int[] {3, 0}, x, 0, new int[] {0, 1}, 0, new int[] {0, 1}, y));
    assertThat(y.actual()).containsExactly(5, 2);
  }

  @EachBackend
  void copy_ofRandomBoxesIntoRandomLayouts(Backend backend) {
    for (int trial = 0; trial < 150; trial++) {
      String name = "copy " + trial;
      long key = Rng.key(trial, name);
      int rank = 1 + Rng.below(key, 0, 5);
      int[] shape = new int[rank];
      int[] padded = new int[rank];
      for (int axis = 0; axis < rank; axis++) {
        int edge = Sizes.draw(key, 1 + axis);
        shape[axis] = rank < 3 ? edge : 1 + edge % 9;
        padded[axis] = shape[axis] + Rng.below(key, 10 + axis, 3);
      }
      int[] xStrides = permuted(padded, Rng.permutation(key + 1, rank));
      int[] yStrides = permuted(padded, Rng.permutation(key + 2, rank));
      int xOffset = 0;
      for (int axis = 0; axis < rank; axis++) {
        int kind = Rng.below(key, 20 + axis, 4);
        if (kind == 0) {
          xStrides[axis] = 0;
        } else if (kind == 1) {
          xOffset += (shape[axis] - 1) * xStrides[axis];
          xStrides[axis] = -xStrides[axis];
        }
      }
      int elements = Arrays.stream(padded).reduce(1, (a, b) -> a * b);
      Comparison c = new Comparison(backend, name + " of " + Arrays.toString(shape));
      Operand x = c.random(elements);
      Operand y = c.output(elements + 2);
      int from = xOffset;
      c.run(b -> copy(b, shape, x, from, xStrides, 2, yStrides, y));
      c.isExact(y);
    }
  }

  private static void copy(
      Backend b, int[] shape, Operand x, int xOffset, int[] xs, int yOffset, int[] ys, Operand y) {
    b.copy(shape, x.on(b), xOffset, xs, yOffset, ys, y.on(b));
  }

  /** Strides of a layout that is dense over {@code shape} with its axes in this order. */
  private static int[] permuted(int[] shape, int[] order) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis : order) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }

  private static int[] withExtremes() {
    int[] sizes = Arrays.copyOf(Sizes.EDGES, Sizes.EDGES.length + 2);
    sizes[Sizes.EDGES.length + 1] = Sizes.LONG;
    return sizes;
  }
}
