package dev.graft.kernels.opencl.convolution;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.opencl.product.Contraction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A prepared convolution and an activation in a pass of its own: one that {@link Contraction} does
 * not fuse.
 */
public record ActivatedKernel(
    Backend backend,
    Kernel convolution,
    UnaryOp activation,
    double alpha,
    double beta,
    int elements)
    implements Kernel {

  public static Kernel of(Backend backend, ConvGeometry g, Epilogue all, boolean changing) {
    Epilogue fused = new Epilogue(all.bias(), all.residual(), null, 0, 0);
    return new ActivatedKernel(
        backend,
        backend.prepare(g, fused, changing),
        all.activation(),
        all.alpha(),
        all.beta(),
        g.batch() * g.outChannels() * g.outPlane());
  }

  @Override
  public long bytes() {
    return convolution.bytes();
  }

  @Override
  public void pack(Buffer w) {
    convolution.pack(w);
  }

  /** Not that of the convolution alone: kernels that share are of one class. */
  @Override
  public Object layout() {
    return List.of(ActivatedKernel.class, convolution.layout());
  }

  @Override
  public void share(Kernel packed) {
    convolution.share(((ActivatedKernel) packed).convolution);
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    convolution.run(x, bias, residual, y);
    backend.unary(activation, alpha, beta, elements, y, y);
  }
}
