package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import java.util.Arrays;

/** Slices looked up along an axis, and what is summed back to them. */
class GatherContractTest {

  @EachBackend
  void gather_takesSlicesByHand(Backend backend) {
    Comparison c = new Comparison(backend, "gather by hand");
    Operand x = c.input(1, 2, 3, 4, 5, 6);
    Operand y = c.output(6);
    c.run(b -> b.gather(1, 3, 2, new int[] {2, 0, 2}, x.on(b), y.on(b)));
    assertThat(y.actual()).containsExactly(5, 6, 1, 2, 5, 6);
  }

  @EachBackend
  void scatterAdd_sumsByHand(Backend backend) {
    Comparison c = new Comparison(backend, "scatterAdd by hand");
    Operand dy = c.input(1, 2, 3, 4, 5, 6);
    Operand dx = c.output(6);
    c.run(b -> b.scatterAdd(1, 3, 2, new int[] {2, 0, 2}, dy.on(b), dx.on(b)));
    assertThat(dx.actual()).containsExactly(3, 4, 0, 0, 6, 8);
  }

  @EachBackend
  void anyShape_isThatOfTheReference(Backend backend) {
    int[][] shapes = {{1, 5, 1, 3}, {3, 4, 7, 9}, {2, 17, 33, 5}, {1, 100, 64, 40}, {2, 3, 4, 0}};
    for (int[] shape : shapes) {
      int[] indices = new int[shape[3]];
      for (int j = 0; j < indices.length; j++) {
        indices[j] = (j * j + 3 * j) % shape[1];
      }
      int size = shape[0] * shape[1] * shape[2];
      int picked = shape[0] * indices.length * shape[2];
      Comparison c = new Comparison(backend, "gather " + Arrays.toString(shape));
      Operand x = c.random(size);
      Operand y = c.output(picked);
      c.run(b -> b.gather(shape[0], shape[1], shape[2], indices, x.on(b), y.on(b)));
      c.isExact(y);
      Comparison back = new Comparison(backend, "scatterAdd " + Arrays.toString(shape));
      Operand dy = back.random(picked);
      Operand dx = back.output(size);
      back.run(b -> b.scatterAdd(shape[0], shape[1], shape[2], indices, dy.on(b), dx.on(b)));
      back.isSum(dx, indices.length);
    }
  }
}
