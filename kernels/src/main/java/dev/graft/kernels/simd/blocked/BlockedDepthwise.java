package dev.graft.kernels.simd.blocked;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import org.jspecify.annotations.Nullable;

/** A convolution of every channel alone, input and output in blocks, without a residual. */
final class BlockedDepthwise implements BlockedForward {

  private static final int N = Lanes.COUNT;

  private final Workers workers;
  private final ScratchArrays scratch;
  private final ConvGeometry g;
  private final BlockedWindows windows;
  private final int blocks;

  BlockedDepthwise(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    windows = BlockedWindows.of(g);
    blocks = Spans.ceil(g.inChannels(), N);
  }

  static int packedLength(ConvGeometry g) {
    return Spans.ceil(g.inChannels(), N) * N * g.patch();
  }

  /** For each block and tap a vector. */
  @Override
  public void pack(HostBuffer w, float[] to) {
    int taps = g.patch();
    for (int c = 0; c < blocks * N; c++) {
      for (int tap = 0; tap < taps; tap++) {
        to[(c / N * taps + tap) * N + c % N] =
            c < g.inChannels() ? w.array()[w.offset() + c * taps + tap] : 0f;
      }
    }
  }

  @Override
  public void run(
      HostBuffer x,
      float[] weights,
      @Nullable HostBuffer bias,
      @Nullable HostBuffer residual,
      Epilogue epilogue,
      HostBuffer y) {
    float[] shift = BlockedForward.shift(scratch, bias, g.inChannels(), blocks * N);
    BlockedResult clip = BlockedResult.of(epilogue);
    int inPlane = g.inPlane() * N;
    int outPlane = g.outPlane() * N;
    long work = inPlane + (long) outPlane * (1 + windows.taps.length / 4);
    Spans.forRows(
        workers,
        g.batch() * blocks,
        work,
        (first, count) -> {
          for (int plane = first; plane < first + count; plane++) {
            int block = plane % blocks;
            BlockedWindowSums.plane(
                windows,
                x.array(),
                x.offset() + plane * inPlane,
                weights,
                block * windows.taps.length * N,
                shift,
                block * N,
                clip,
                y.array(),
                y.offset() + plane * outPlane);
          }
        });
    scratch.give(shift);
  }
}
