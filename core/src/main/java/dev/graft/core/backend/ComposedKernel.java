package dev.graft.core.backend;

import org.jspecify.annotations.Nullable;

/** The {@link Kernel} of a backend that has no better one: one call after the other. */
final class ComposedKernel implements Kernel {

  private final Backend backend;
  private final ConvGeometry g;
  private final Epilogue epilogue;
  private final int weights;
  private final boolean changing;
  private @Nullable Buffer packed;

  ComposedKernel(Backend backend, ConvGeometry g, Epilogue epilogue, boolean changing) {
    this.backend = backend;
    this.g = g;
    this.epilogue = epilogue;
    this.changing = changing;
    this.weights = g.outChannels() * g.patch();
  }

  @Override
  public long bytes() {
    return changing ? 0 : (long) backend.elementBytes() * weights;
  }

  @Override
  public void pack(Buffer w) {
    if (changing) {
      packed = w;
      return;
    }
    if (packed == null) {
      packed = backend.allocate(weights);
    }
    backend.copy(weights, w, packed);
  }

  @Override
  public Object layout() {
    return changing ? this : new Dense(weights);
  }

  /** As they are stored. */
  private record Dense(int weights) {}

  @Override
  public void share(Kernel packed) {
    this.packed = ((ComposedKernel) packed).packed;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (packed == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    int n = g.batch() * g.outChannels() * g.outPlane();
    // Two views of one storage are equal, not identical.
    Buffer result = y.equals(residual) ? backend.allocate(n) : y;
    backend.convolution(g, x, packed, bias, result);
    if (residual != null) {
      int[] one = {1};
      backend.binary(BinaryOp.ADD, new int[] {n}, result, one, residual, one, y);
    }
    if (epilogue.activation() != null) {
      backend.unary(epilogue.activation(), epilogue.alpha(), epilogue.beta(), n, y, y);
    }
  }
}
