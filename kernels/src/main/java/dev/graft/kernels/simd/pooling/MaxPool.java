package dev.graft.kernels.simd.pooling;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.image.PaddedPlane;
import dev.graft.kernels.simd.image.PlaneRows;
import dev.graft.kernels.simd.image.WindowMaxima;
import dev.graft.kernels.simd.work.InTurn;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Max pooling of one geometry, a plane at a time; planes are independent of each other. One object
 * serves many calls, one after the other.
 */
public final class MaxPool {

  private final Workers workers;
  private final ScratchArrays scratch;
  private final PoolGeometry g;
  private final PaddedPlane layout;
  private final PlaneRows rows;
  private final InTurn<Windows> windows = new InTurn<>(Windows::new);
  private final Workers.Span part = this::part;

  // What is pooled just now.
  private HostBuffer x = ScratchArrays.NO_BUFFER;
  private @Nullable HostBuffer winners;
  private HostBuffer y = ScratchArrays.NO_BUFFER;

  public MaxPool(Workers workers, ScratchArrays scratch, PoolGeometry g) {
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    layout = PaddedPlane.of(g);
    rows = new PlaneRows(layout);
  }

  /** The maxima, and the number of each one's tap in {@code winners} where that is there. */
  public void run(HostBuffer x, @Nullable HostBuffer winners, HostBuffer y) {
    this.x = x;
    this.winners = winners;
    this.y = y;
    long work = g.inPlane() + (long) g.outPlane() * layout.taps.length;
    Spans.forRows(workers, g.planes(), work, part);
    windows.forEach(Windows::close);
    this.x = ScratchArrays.NO_BUFFER;
    this.winners = null;
    this.y = ScratchArrays.NO_BUFFER;
  }

  private void part(int first, int count) {
    Windows own = windows.take();
    own.open();
    for (int plane = first; plane < first + count; plane++) {
      int from = x.offset() + plane * g.inPlane();
      int to = y.offset() + plane * g.outPlane();
      layout.load(x.array(), from, Float.NEGATIVE_INFINITY, own.padded);
      if (winners == null) {
        rows.run(own.spill, y.array(), to, own);
      } else {
        int place = winners.offset() + plane * g.outPlane();
        withWinners(own, y.array(), to, winners.array(), place);
        nameMissing(winners.array(), place);
      }
    }
    windows.give(own);
  }

  /** What one thread works with; its arrays are borrowed for the time of a call. */
  private final class Windows implements PlaneRows.Body {
    private float[] padded = ScratchArrays.NONE;
    private float[] spill = ScratchArrays.NONE;

    void open() {
      if (padded == ScratchArrays.NONE) {
        padded = scratch.take(layout.length());
        Arrays.fill(padded, 0, layout.length(), Float.NEGATIVE_INFINITY);
        spill = scratch.take(2 * rows.spill());
      }
    }

    @Override
    public void run(int n, int width, int at, float[] y, int yo, int yStep) {
      WindowMaxima.best(n, width, padded, at, layout.step, layout.taps, y, yo, yStep);
    }

    void close() {
      if (padded != ScratchArrays.NONE) {
        scratch.give(spill);
        scratch.give(padded);
        padded = ScratchArrays.NONE;
        spill = ScratchArrays.NONE;
      }
    }
  }

  private void withWinners(Windows own, float[] y, int to, float[] winners, int place) {
    float[] padded = own.padded;
    float[] spill = own.spill;
    int safe = rows.safe();
    WindowMaxima.rowsWithWinners(
        safe,
        layout.outWidth,
        padded,
        0,
        layout.step,
        layout.taps,
        y,
        to,
        winners,
        place,
        layout.outWidth);
    int left = layout.outHeight - safe;
    WindowMaxima.rowsWithWinners(
        left,
        layout.outWidth,
        padded,
        safe * layout.step,
        layout.step,
        layout.taps,
        spill,
        0,
        spill,
        rows.spill(),
        rows.width());
    for (int row = 0; row < left; row++) {
      int at = (safe + row) * layout.outWidth;
      int from = row * rows.width();
      System.arraycopy(spill, from, y, to + at, layout.outWidth);
      System.arraycopy(spill, rows.spill() + from, winners, place + at, layout.outWidth);
    }
  }

  /**
   * Where a window holds nothing above negative infinity, its first element within the plane is the
   * winner; to the vectors it looked like the padding.
   */
  private void nameMissing(float[] winners, int place) {
    if (!WindowMaxima.anyNegative(g.outPlane(), winners, place)) {
      return;
    }
    for (int output = 0; output < g.outPlane(); output++) {
      if (winners[place + output] < 0) {
        winners[place + output] = firstInside(output / g.outWidth(), output % g.outWidth());
      }
    }
  }

  private int firstInside(int oh, int ow) {
    for (int k = 0; k < g.kernelHeight() * g.kernelWidth(); k++) {
      int h = oh * g.strideHeight() - g.padTop() + k / g.kernelWidth() * g.dilationHeight();
      int w = ow * g.strideWidth() - g.padLeft() + k % g.kernelWidth() * g.dilationWidth();
      if (h >= 0 && h < g.inHeight() && w >= 0 && w < g.inWidth()) {
        return k;
      }
    }
    return -1;
  }
}
