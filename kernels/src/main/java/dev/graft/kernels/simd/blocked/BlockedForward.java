package dev.graft.kernels.simd.blocked;

import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.kernels.simd.work.ScratchArrays;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A convolution of one geometry on blocks. Any number of threads may run it at once. */
interface BlockedForward {

  /** Lays weights out as {@link #run} reads them. */
  void pack(HostBuffer w, float[] to);

  /**
   * {@code y = clip(conv(x, w) + bias + residual)}.
   *
   * @param weights packed
   * @param residual in blocks as y, and not y; null for none
   * @param epilogue its activation is applied where it clips, see {@link BlockedResult#of}
   */
  void run(
      HostBuffer x,
      float[] weights,
      @Nullable HostBuffer bias,
      @Nullable HostBuffer residual,
      Epilogue epilogue,
      HostBuffer y);

  /** The bias in whole blocks, zeros where there is none; to be given back. */
  static float[] shift(ScratchArrays scratch, @Nullable HostBuffer bias, int channels, int length) {
    float[] shift = scratch.take(length);
    if (bias != null) {
      System.arraycopy(bias.array(), bias.offset(), shift, 0, channels);
    }
    Arrays.fill(shift, bias == null ? 0 : channels, length, 0f);
    return shift;
  }
}
