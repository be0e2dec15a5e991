package dev.graft.core.op.recurrent;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.ReduceOp;
import org.jspecify.annotations.Nullable;

/**
 * A number for each gate, step, sample and unit, {@code [G,T,N,H]}: what gates are given, or the
 * gradients to it. Gates come first, so that a gate's numbers of one step are one dense run, and
 * those of all steps one matrix: what belongs to the features is then a product over all steps at
 * once, and only what belongs to the state one for each step.
 *
 * @param count G, number of gates
 * @param all the elements
 */
record Gates(Backend backend, Extent e, int count, Buffer all) {

  /** The numbers of one gate in one step, {@code [N,H]}. */
  Buffer at(int gate, int t) {
    return all.slice((gate * e.steps() + t) * e.state(), e.state());
  }

  /** Those of some gates alone. */
  Gates only(int first, int count) {
    return new Gates(backend, e, count, all.slice(first * e.sequence(), count * e.sequence()));
  }

  /**
   * Overwrites them by {@code x w^T + b} for all gates and steps.
   *
   * @param x {@code [T,N,I]}
   * @param w {@code [G H,I]}
   * @param biases b, {@code [G H]}; null for none
   */
  void project(Buffer x, Buffer w, @Nullable Buffer biases) {
    if (biases != null) {
      fill(biases);
    }
    GemmGeometry product =
        new GemmGeometry(
            count,
            false,
            true,
            e.steps() * e.samples(),
            e.hidden(),
            e.features(),
            0,
            e.hidden() * e.features(),
            e.sequence());
    backend.gemm(product, 1, x, w, biases == null ? 0 : 1, all);
  }

  /** Overwrites them by a number for each gate and unit. */
  void fill(Buffer units) {
    int[] box = {count, e.steps() * e.samples(), e.hidden()};
    int[] repeated = {e.hidden(), 0, 1};
    int[] dense = {e.sequence(), e.hidden(), 1};
    backend.copy(box, units, 0, repeated, 0, dense, all);
  }

  /**
   * Adds {@code h r^T} to those of one step.
   *
   * @param h {@code [N,H]}
   * @param r {@code [G H,H]}
   */
  void addProduct(int t, Buffer h, Buffer r) {
    GemmGeometry product =
        new GemmGeometry(
            count,
            false,
            true,
            e.samples(),
            e.hidden(),
            e.hidden(),
            0,
            e.hidden() * e.hidden(),
            e.sequence());
    int from = t * e.state();
    int last = (count - 1) * e.sequence() + e.state();
    backend.gemm(product, 1, h, r, 1, all.slice(from, last));
  }

  /**
   * The gradient to h of {@link #addProduct}, where these are gradients: {@code dh = beta dh + Σ dg
   * r} over the gates.
   */
  void stateGradient(int t, Buffer r, double beta, Buffer dh) {
    GemmGeometry product = GemmGeometry.of(false, false, e.samples(), e.hidden(), e.hidden());
    int weights = e.hidden() * e.hidden();
    for (int gate = 0; gate < count; gate++) {
      Buffer part = r.slice(gate * weights, weights);
      backend.gemm(product, 1, at(gate, t), part, gate == 0 ? beta : 1, dh);
    }
  }

  /** The gradient to x of {@link #project}: {@code dx = beta dx + Σ dg w} over the gates. */
  void inputGradient(Buffer w, double beta, Buffer dx) {
    GemmGeometry product =
        GemmGeometry.of(false, false, e.steps() * e.samples(), e.features(), e.hidden());
    int weights = e.hidden() * e.features();
    for (int gate = 0; gate < count; gate++) {
      Buffer rows = all.slice(gate * e.sequence(), e.sequence());
      Buffer part = w.slice(gate * weights, weights);
      backend.gemm(product, 1, rows, part, gate == 0 ? beta : 1, dx);
    }
  }

  /**
   * The gradient to weights: {@code dw = dg^T rows} for each gate.
   *
   * @param rows what the weights were multiplied by, {@code [T,N,width]}
   * @param dw {@code [G H,width]}
   */
  void weightGradient(Buffer rows, int width, Buffer dw) {
    GemmGeometry product =
        new GemmGeometry(
            count,
            true,
            false,
            e.hidden(),
            width,
            e.steps() * e.samples(),
            e.sequence(),
            0,
            e.hidden() * width);
    backend.gemm(product, 1, all, rows, 0, dw);
  }

  /** The gradient to a number for each gate and unit, {@code [G H]}: the sum over the rest. */
  void unitGradient(Buffer units) {
    int[] shape = {count, e.steps() * e.samples(), e.hidden()};
    backend.reduce(ReduceOp.SUM, shape, new boolean[] {false, true, false}, all, units);
  }
}
