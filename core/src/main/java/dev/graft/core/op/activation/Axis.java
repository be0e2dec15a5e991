package dev.graft.core.op.activation;

import dev.graft.core.tensor.Shape;

/**
 * A tensor seen along one axis, as {@code [outer, n, inner]}.
 *
 * @param outer product of the sizes before the axis
 * @param n size of the axis
 * @param inner product of the sizes behind it
 */
record Axis(int outer, int n, int inner) {

  static Axis of(Shape x, int axis) {
    int at = x.axis(axis);
    return new Axis(x.elements(0, at), x.size(at), x.elements(at + 1, x.rank()));
  }
}
