package dev.graft.kernels.simd.image;

import dev.graft.kernels.simd.work.ScratchArrays;
import java.util.Arrays;

/**
 * What one thread computes weighted sums over a {@link PaddedPlane} with, a channel at a time, for
 * convolutions and averages. Its arrays are borrowed from the first {@link #open} of a call to
 * {@link #close}.
 */
public final class DepthwiseChannel {

  private final ScratchArrays scratch;
  private final PaddedPlane layout;
  private final PlaneRows rows;
  private final TapKernel kernel;
  private float[] padded = ScratchArrays.NONE;
  private float[] spill = ScratchArrays.NONE;
  private float[] sums = ScratchArrays.NONE;

  public DepthwiseChannel(ScratchArrays scratch, PaddedPlane layout, PlaneRows rows) {
    this.scratch = scratch;
    this.layout = layout;
    this.rows = rows;
    kernel = new TapKernel(layout);
  }

  /** Gets ready for a call's channels, unless it is; {@code weights} hold those of all. */
  public void open(float[] weights) {
    if (padded == ScratchArrays.NONE) {
      padded = scratch.take(layout.length());
      Arrays.fill(padded, 0, layout.length(), 0f);
      spill = scratch.take(rows.spill());
      kernel.over(padded, weights);
    }
  }

  /** The channel within its padding, which is zero and stays so. */
  public float[] padded() {
    return padded;
  }

  /** Room for a plane of results that cannot be written at once. */
  public float[] sums() {
    if (sums == ScratchArrays.NONE) {
      sums = scratch.take(layout.outPlane());
    }
    return sums;
  }

  /** Outputs of the channel that is in place, by the weights that begin at {@code wo}. */
  public void run(int wo, float bias, float[] y, int yo) {
    rows.run(spill, y, yo, kernel.with(wo, bias));
  }

  /** Gives the arrays back when the call is over. */
  public void close() {
    if (padded == ScratchArrays.NONE) {
      return;
    }
    if (sums != ScratchArrays.NONE) {
      scratch.give(sums);
    }
    scratch.give(spill);
    scratch.give(padded);
    padded = ScratchArrays.NONE;
    spill = ScratchArrays.NONE;
    sums = ScratchArrays.NONE;
    kernel.over(ScratchArrays.NONE, ScratchArrays.NONE);
  }
}
