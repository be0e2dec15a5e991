package dev.graft.kernels.simd.attention;

import dev.graft.core.backend.AttentionGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.elementwise.Arithmetic;
import dev.graft.kernels.simd.normalization.Softmax;
import dev.graft.kernels.simd.product.Tiles;
import dev.graft.kernels.simd.product.TilesOfRows;
import dev.graft.kernels.simd.reduction.LaneSums;
import dev.graft.kernels.simd.work.ScratchArrays;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Attention, head by head: keys and values of a head are packed once, and then few queries at a
 * time go through products, softmax and products while their scores are in the level-1 cache. Heads
 * lie side by side in memory; nothing is transposed there.
 */
public final class Attention {

  private static final int ROWS = TilesOfRows.ROWS;
  private static final int WIDTH = Tiles.WIDTH;

  private final AttentionGeometry g;
  private final HostBuffer q;
  private final HostBuffer k;
  private final HostBuffer v;
  private final @Nullable HostBuffer mask;
  private final int[] maskStrides;
  private final @Nullable HostBuffer probabilities;
  private final HostBuffer y;

  /** Where the parts of the working memory begin: values, scores, results, lanes. */
  private final int valuesAt;

  private final int scoresAt;
  private final int resultsAt;
  private final int lanesAt;

  /** Distance between rows of scores, and of results. */
  private final int scoreStep;

  private final int resultStep;

  public Attention(
      AttentionGeometry g,
      HostBuffer q,
      HostBuffer k,
      HostBuffer v,
      @Nullable HostBuffer mask,
      int[] maskStrides,
      @Nullable HostBuffer probabilities,
      HostBuffer y) {
    this.g = g;
    this.q = q;
    this.k = k;
    this.v = v;
    this.mask = mask;
    this.maskStrides = maskStrides;
    this.probabilities = probabilities;
    this.y = y;
    scoreStep = padded(g.keys());
    resultStep = padded(g.valueWidth());
    valuesAt = scoreStep * g.width();
    scoresAt = valuesAt + resultStep * g.keys();
    resultsAt = scoresAt + ROWS * scoreStep;
    lanesAt = resultsAt + ROWS * resultStep;
  }

  private static int padded(int columns) {
    return (columns + WIDTH - 1) / WIDTH * WIDTH;
  }

  /** Whether the working memory of a head is one that arrays can have. */
  public static boolean suits(AttentionGeometry g) {
    long keys = padded(g.keys());
    return keys * (g.width() + padded(g.valueWidth()) + ROWS) < 1 << 28;
  }

  /** All heads of all samples; each is one part of the work. */
  public void run(Workers workers, ScratchArrays memory) {
    workers.forSpans(
        g.batch() * g.heads(),
        1,
        (first, count) -> {
          float[] work = memory.take(lanesAt + 2 * LaneSums.LANES);
          float[] lanes = memory.take(2 * LaneSums.LANES);
          double[] totals = LaneSums.totals();
          for (int i = first; i < first + count; i++) {
            head(i / g.heads(), i % g.heads(), work, lanes, totals);
          }
          memory.give(lanes);
          memory.give(work);
        });
  }

  private void head(int sample, int head, float[] work, float[] lanes, double[] totals) {
    int step = g.heads() * g.width();
    int from = q.offset() + sample * g.queries() * step + head * g.width();
    packKeys(k.offset() + sample * g.keys() * step + head * g.width(), step, work);
    packValues(sample, head, work);
    int last = g.queries() - 1;
    for (int row = 0; row < g.queries(); row += ROWS) {
      int a0 = from + row * step;
      int a1 = from + Math.min(row + 1, last) * step;
      int a2 = from + Math.min(row + 2, last) * step;
      int a3 = from + Math.min(row + 3, last) * step;
      int a4 = from + Math.min(row + 4, last) * step;
      int a5 = from + Math.min(row + 5, last) * step;
      for (int t = 0; t < scoreStep; t += WIDTH) {
        TilesOfRows.multiply(
            g.width(),
            q.array(),
            a0,
            a1,
            a2,
            a3,
            a4,
            a5,
            work,
            t * g.width(),
            work,
            scoresAt + t,
            scoreStep,
            false);
      }
      int rows = Math.min(ROWS, g.queries() - row);
      for (int i = 0; i < rows; i++) {
        softmax(sample, head, row + i, work, scoresAt + i * scoreStep, lanes, totals);
      }
      mix(sample, head, row, rows, work);
    }
  }

  /** {@code [keys / WIDTH, width, WIDTH]}, zeros behind the last key. */
  private void packKeys(int from, int step, float[] work) {
    float[] keys = k.array();
    for (int t = 0; t < scoreStep; t++) {
      int to = t / WIDTH * WIDTH * g.width() + t % WIDTH;
      for (int d = 0; d < g.width(); d++) {
        work[to + d * WIDTH] = t < g.keys() ? keys[from + t * step + d] : 0;
      }
    }
  }

  /** {@code [valueWidth / WIDTH, keys, WIDTH]}, zeros behind the last feature. */
  private void packValues(int sample, int head, float[] work) {
    int step = g.heads() * g.valueWidth();
    int from = v.offset() + sample * g.keys() * step + head * g.valueWidth();
    for (int d = 0; d < g.valueWidth(); d += WIDTH) {
      int count = Math.min(WIDTH, g.valueWidth() - d);
      for (int t = 0; t < g.keys(); t++) {
        int to = valuesAt + d * g.keys() + t * WIDTH;
        System.arraycopy(v.array(), from + t * step + d, work, to, count);
        Arrays.fill(work, to + count, to + WIDTH, 0f);
      }
    }
  }

  private void softmax(
      int sample, int head, int row, float[] work, int at, float[] lanes, double[] totals) {
    int n = g.keys();
    Arithmetic.multiply(n, work, at, (float) g.scale(), work, at);
    if (mask != null) {
      int from =
          mask.offset() + sample * maskStrides[0] + head * maskStrides[1] + row * maskStrides[2];
      if (maskStrides[3] == 1) {
        Arithmetic.add(n, work, at, mask.array(), from, work, at);
      } else {
        Arithmetic.add(n, work, at, mask.array()[from], work, at);
      }
    }
    Softmax.row(false, n, work, at, work, at, lanes, totals);
    if (probabilities != null) {
      int to = probabilities.offset() + ((sample * g.heads() + head) * g.queries() + row) * n;
      System.arraycopy(work, at, probabilities.array(), to, n);
    }
  }

  /** Probabilities times values, for some rows. */
  private void mix(int sample, int head, int row, int rows, float[] work) {
    int s = scoresAt;
    for (int d = 0; d < resultStep; d += WIDTH) {
      TilesOfRows.multiply(
          g.keys(),
          work,
          s,
          s + scoreStep,
          s + 2 * scoreStep,
          s + 3 * scoreStep,
          s + 4 * scoreStep,
          s + 5 * scoreStep,
          work,
          valuesAt + d * g.keys(),
          work,
          resultsAt + d,
          resultStep,
          false);
    }
    int step = g.heads() * g.valueWidth();
    int to = y.offset() + (sample * g.queries() + row) * step + head * g.valueWidth();
    for (int i = 0; i < rows; i++) {
      System.arraycopy(work, resultsAt + i * resultStep, y.array(), to + i * step, g.valueWidth());
    }
  }
}
