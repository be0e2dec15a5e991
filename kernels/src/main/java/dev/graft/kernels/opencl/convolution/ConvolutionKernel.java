package dev.graft.kernels.opencl.convolution;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.Kernel;
import org.jspecify.annotations.Nullable;

/**
 * A prepared convolution: bias, residual and activation run where each element is written. The
 * weights are kept transformed where {@link Winograd} takes them, and else need no other layout, so
 * that packing is a copy; for changing weights it is nothing.
 */
public final class ConvolutionKernel implements Kernel {

  private final Backend backend;
  private final Convolution convolution;
  private final ConvGeometry g;
  private final Epilogue epilogue;
  private final boolean changing;
  private final boolean winograd;
  private @Nullable Buffer weights;

  public ConvolutionKernel(
      Backend backend,
      Convolution convolution,
      ConvGeometry g,
      Epilogue epilogue,
      boolean changing) {
    this.backend = backend;
    this.convolution = convolution;
    this.g = g;
    this.epilogue = epilogue;
    this.changing = changing;
    winograd = !changing && convolution.winograd().takes(g);
  }

  private int elements() {
    return winograd ? Winograd.weightElements(g) : g.outChannels() * g.patch();
  }

  @Override
  public long bytes() {
    return changing ? 0 : (long) Float.BYTES * elements();
  }

  @Override
  public void pack(Buffer w) {
    if (changing) {
      weights = w;
      return;
    }
    if (weights == null) {
      weights = backend.allocate(elements());
    }
    if (winograd) {
      convolution.winograd().transform(g, w, weights);
      return;
    }
    backend.copy(elements(), w, weights);
  }

  @Override
  public Object layout() {
    return changing ? this : new Layout(winograd, g.outChannels(), g.patch());
  }

  private record Layout(boolean winograd, int channels, int patch) {}

  @Override
  public void share(Kernel packed) {
    weights = ((ConvolutionKernel) packed).weights;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (weights == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    if (winograd) {
      convolution.winograd().forward(g, epilogue, x, weights, bias, residual, y);
      return;
    }
    convolution.forward(g, epilogue, x, weights, bias, residual, y);
  }
}
