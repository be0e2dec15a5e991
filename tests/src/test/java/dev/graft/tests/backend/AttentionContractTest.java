package dev.graft.tests.backend;

import dev.graft.core.backend.AttentionGeometry;
import dev.graft.core.backend.Backend;
import java.util.List;

/** Attention and its gradients, and the normalisation of rows, at sizes around tiles and lanes. */
class AttentionContractTest {

  private static final List<AttentionGeometry> GEOMETRIES =
      List.of(
          new AttentionGeometry(1, 1, 1, 1, 1, 1, 1),
          new AttentionGeometry(2, 3, 7, 5, 4, 6, 0.5),
          new AttentionGeometry(1, 2, 6, 32, 32, 32, 0.18),
          new AttentionGeometry(2, 2, 13, 33, 31, 33, 0.18),
          new AttentionGeometry(1, 12, 16, 16, 32, 32, 0.18),
          new AttentionGeometry(1, 1, 65, 129, 64, 64, 0.125));

  /**
   * Roundings: sums of {@code width} products, an exponential of a difference up to 2 width (twice
   * its relative roundings), sums of {@code keys} terms, each twice.
   */
  private static double bound(AttentionGeometry g) {
    return Rounding.gamma(8 * g.width() + 4 * g.keys() + 64);
  }

  private static int[] perKey(AttentionGeometry g) {
    return new int[] {g.keys(), 0, 0, 1};
  }

  @EachBackend
  void attention_withAndWithoutMask(Backend backend) {
    for (AttentionGeometry g : GEOMETRIES) {
      for (boolean masked : new boolean[] {false, true}) {
        Comparison c = new Comparison(backend, g + (masked ? " masked" : ""));
        int features = g.heads() * g.width();
        Operand q = c.random(g.batch() * g.queries() * features);
        Operand k = c.random(g.batch() * g.keys() * features);
        Operand v = c.random(g.batch() * g.keys() * g.heads() * g.valueWidth());
        Operand mask = c.random(g.batch() * g.keys());
        Operand p = c.output(g.scoreCount());
        Operand y = c.output(g.batch() * g.queries() * g.heads() * g.valueWidth());
        c.run(
            b ->
                b.attention(
                    g,
                    q.on(b),
                    k.on(b),
                    v.on(b),
                    masked ? mask.on(b) : null,
                    masked ? perKey(g) : new int[4],
                    p.on(b),
                    y.on(b)));
        // Values below 1, and so are their means.
        c.isWithin(p, i -> bound(g));
        c.isWithin(y, i -> bound(g));
        Operand same = c.output(y.actual().length);
        c.run(
            b ->
                b.attention(
                    g,
                    q.on(b),
                    k.on(b),
                    v.on(b),
                    masked ? mask.on(b) : null,
                    masked ? perKey(g) : new int[4],
                    null,
                    same.on(b)));
        c.isWithin(same, i -> bound(g));
      }
    }
  }

  @EachBackend
  void gradients_ofAttention(Backend backend) {
    for (AttentionGeometry g : GEOMETRIES) {
      Comparison c = new Comparison(backend, "gradients of " + g);
      int features = g.heads() * g.width();
      Operand q = c.random(g.batch() * g.queries() * features);
      Operand k = c.random(g.batch() * g.keys() * features);
      Operand v = c.random(g.batch() * g.keys() * g.heads() * g.valueWidth());
      Operand p = c.random(g.scoreCount(), 0, 2.0 / g.keys());
      Operand dy = c.random(g.batch() * g.queries() * g.heads() * g.valueWidth());
      Operand ds = c.random(g.scoreCount());
      Operand dv = c.output(v.initial().length);
      Operand scores = c.output(g.scoreCount());
      Operand dq = c.output(q.initial().length);
      Operand dk = c.output(k.initial().length);
      c.run(b -> b.attentionGradientValues(g, p.on(b), dy.on(b), dv.on(b)));
      c.run(b -> b.attentionGradientScores(g, v.on(b), p.on(b), dy.on(b), scores.on(b)));
      c.run(b -> b.attentionGradientQueries(g, k.on(b), ds.on(b), dq.on(b)));
      c.run(b -> b.attentionGradientKeys(g, q.on(b), ds.on(b), dk.on(b)));
      // Sums of so many products of numbers below 1, or 2.
      c.isWithin(dv, i -> 2 * g.queries() * Rounding.gamma(g.queries() + 4));
      c.isWithin(scores, i -> 8 * g.valueWidth() * Rounding.gamma(g.valueWidth() + g.keys() + 8));
      c.isWithin(dq, i -> g.keys() * Rounding.gamma(g.keys() + 4));
      c.isWithin(dk, i -> g.queries() * Rounding.gamma(g.queries() + 4));
    }
  }

  @EachBackend
  void rows_areNormalised(Backend backend) {
    for (int columns : Sizes.EDGES) {
      for (int rows : new int[] {1, 3, 130}) {
        if (columns == 0) {
          continue;
        }
        Comparison c = new Comparison(backend, rows + " rows of " + columns);
        Operand x = c.random(rows * columns, -2, 3);
        Operand scale = c.random(columns);
        Operand bias = c.random(columns);
        Operand mean = c.output(rows);
        Operand inverse = c.output(rows);
        Operand y = c.output(rows * columns);
        c.run(
            b ->
                b.rowNormalization(
                    rows,
                    columns,
                    0.01,
                    x.on(b),
                    scale.on(b),
                    bias.on(b),
                    mean.on(b),
                    inverse.on(b),
                    y.on(b)));
        // 1 / sqrt(0.01) is 10, the relative error of a variance of 0.01 or more is that of its
        // sum; centred values are below 5 and off by an error of the mean.
        double unit = Rounding.gamma(4 * columns + 16);
        c.isWithin(mean, i -> 3 * unit);
        c.isWithin(inverse, i -> 60 * unit);
        c.isWithin(y, i -> 400 * unit);
        Operand plain = c.output(rows * columns);
        c.run(
            b ->
                b.rowNormalization(
                    rows,
                    columns,
                    0.01,
                    x.on(b),
                    scale.on(b),
                    null,
                    mean.on(b),
                    inverse.on(b),
                    plain.on(b)));
        c.isWithin(plain, i -> 400 * unit);
      }
    }
  }
}
