package dev.graft.kernels.simd;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.Workers;
import org.jspecify.annotations.Nullable;

/** A depthwise convolution with a copy of its few weights and its epilogue in the registers. */
final class DepthwiseKernel implements Kernel {

  private final Backend backend;
  private final Workers workers;
  private final ScratchArrays scratch;
  private final ConvGeometry g;
  private final Epilogue epilogue;
  private @Nullable HostBuffer packed;

  DepthwiseKernel(
      Backend backend, Workers workers, ScratchArrays scratch, ConvGeometry g, Epilogue epilogue) {
    this.backend = backend;
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    this.epilogue = epilogue;
  }

  private int length() {
    return g.outChannels() * g.patch();
  }

  @Override
  public long bytes() {
    return (long) Float.BYTES * length();
  }

  @Override
  public void pack(Buffer w) {
    HostBuffer to = packed != null ? packed : HostBuffer.of(new float[length()]);
    HostBuffer from = (HostBuffer) w;
    System.arraycopy(from.array(), from.offset(), to.array(), 0, length());
    packed = to;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (packed == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    UnaryOp activation = epilogue.activation();
    boolean fused = Target.fuses(activation);
    Depthwise.forward(
        workers,
        scratch,
        g,
        (HostBuffer) x,
        packed,
        (HostBuffer) bias,
        (HostBuffer) residual,
        fused ? activation : null,
        (float) epilogue.alpha(),
        (float) epilogue.beta(),
        (HostBuffer) y);
    if (!fused) {
      int n = g.batch() * g.outChannels() * g.outPlane();
      backend.unary(activation, epilogue.alpha(), epilogue.beta(), n, y, y);
    }
  }
}
