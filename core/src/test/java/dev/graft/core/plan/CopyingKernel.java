package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Kernel;
import org.jspecify.annotations.Nullable;

/** A kernel that reads its weights where they are, made one that keeps a copy of them. */
final class CopyingKernel implements Kernel {

  private final Backend backend;
  private final Kernel kernel;
  private final int weights;
  private @Nullable Buffer copy;

  CopyingKernel(Backend backend, Kernel kernel, int weights) {
    this.backend = backend;
    this.kernel = kernel;
    this.weights = weights;
  }

  @Override
  public long bytes() {
    return (long) backend.elementBytes() * weights;
  }

  @Override
  public void pack(Buffer w) {
    if (copy == null) {
      copy = backend.allocate(weights);
      kernel.pack(copy);
    }
    backend.copy(weights, w, copy);
  }

  @Override
  public Object layout() {
    return weights;
  }

  @Override
  public void share(Kernel packed) {
    copy = ((CopyingKernel) packed).copy;
    kernel.pack(copy);
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    kernel.run(x, bias, residual, y);
  }
}
