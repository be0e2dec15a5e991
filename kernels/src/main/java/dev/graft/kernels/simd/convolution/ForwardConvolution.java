package dev.graft.kernels.simd.convolution;

import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.kernels.simd.product.ResultWriter;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of one geometry by the algorithm that suits it. One object serves many calls, one
 * after the other.
 */
public interface ForwardConvolution {

  /** Elements of the packed weights. */
  int packedLength();

  /** What lays them out; the algorithms that have it in common share packed weights. */
  Class<?> packing();

  /** Lays the weights out as {@link #run} reads them. */
  void pack(HostBuffer w, float[] to);

  /**
   * {@code y = activation(conv(x, w) + bias + residual)}.
   *
   * @param w the weights, or packed ones
   * @param isPacked whether they are packed; otherwise they are in here, for this call
   * @param bias a value an output channel; null for none
   * @param residual of y's shape, may be y; null for none
   * @param epilogue its activation, where {@link ResultWriter} fuses it, is applied; no other is
   */
  void run(
      HostBuffer x,
      HostBuffer w,
      boolean isPacked,
      @Nullable HostBuffer bias,
      @Nullable HostBuffer residual,
      Epilogue epilogue,
      HostBuffer y);
}
