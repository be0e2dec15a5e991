package dev.graft.kernels.simd.blocked;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.Spans;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A convolution on blocks with its weights packed. Its tables are made when it is first packed. */
final class BlockedConvolutionKernel implements Kernel {

  private final Backend backend;
  private final ConvGeometry g;
  private final Epilogue epilogue;
  private final Supplier<BlockedForward> maker;
  private volatile @Nullable BlockedForward made;
  private float @Nullable [] weights;

  BlockedConvolutionKernel(
      Backend backend, ConvGeometry g, Epilogue epilogue, Supplier<BlockedForward> maker) {
    this.backend = backend;
    this.g = g;
    this.epilogue = epilogue;
    this.maker = maker;
  }

  /** Two threads may both make one: they are the same. */
  private BlockedForward forward() {
    BlockedForward forward = made;
    if (forward == null) {
      forward = maker.get();
      made = forward;
    }
    return forward;
  }

  private int length() {
    return g.isDepthwise() ? BlockedDepthwise.packedLength(g) : BlockedConvolution.packedLength(g);
  }

  @Override
  public long bytes() {
    return (long) Float.BYTES * length();
  }

  @Override
  public void pack(Buffer w) {
    float[] packed = weights != null ? weights : new float[length()];
    forward().pack((HostBuffer) w, packed);
    weights = packed;
  }

  /** Neither the size of the images nor strides and padding. */
  @Override
  public Object layout() {
    return new Layout(
        g.isDepthwise(), g.outChannels(), g.inChannels(), g.kernelHeight(), g.kernelWidth());
  }

  private record Layout(
      boolean depthwise, int outChannels, int inChannels, int kernelHeight, int kernelWidth) {}

  @Override
  public void share(Kernel packed) {
    weights = ((BlockedConvolutionKernel) packed).weights;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (weights == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    HostBuffer to = (HostBuffer) y;
    forward().run((HostBuffer) x, weights, (HostBuffer) bias, (HostBuffer) residual, epilogue, to);
    UnaryOp activation = epilogue.activation();
    if (activation != null && activation != UnaryOp.RELU && activation != UnaryOp.CLIP) {
      int blocks = Spans.ceil(g.outChannels(), Lanes.COUNT);
      int n = g.batch() * blocks * Lanes.COUNT * g.outPlane();
      backend.unary(activation, epilogue.alpha(), epilogue.beta(), n, y, y);
    }
  }
}
