package dev.graft.kernels.simd;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.Workers;
import org.jspecify.annotations.Nullable;

/** A convolution as a product, with its weights packed and its epilogue in the registers. */
final class SimdConvolutionKernel implements Kernel {

  private final Backend backend;
  private final Workers workers;
  private final Memory memory;
  private final ConvGeometry g;
  private final Epilogue epilogue;
  private float @Nullable [] packed;

  SimdConvolutionKernel(
      Backend backend, Workers workers, Memory memory, ConvGeometry g, Epilogue epilogue) {
    this.backend = backend;
    this.workers = workers;
    this.memory = memory;
    this.g = g;
    this.epilogue = epilogue;
  }

  private int length() {
    int m = g.outChannels() / g.groups();
    return g.groups() * Tiles.padded(m) * g.patch();
  }

  @Override
  public long bytes() {
    return (long) Float.BYTES * length();
  }

  @Override
  public void pack(Buffer w) {
    HostBuffer from = (HostBuffer) w;
    float[] to = packed != null ? packed : new float[length()];
    for (int group = 0; group < g.groups(); group++) {
      Left left = SimdConvolution.weights(g, from.array(), from.offset(), group);
      left.pack(workers, 0, left.k(), to, group * left.packedLength());
    }
    packed = to;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (packed == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    HostBuffer to = (HostBuffer) y;
    SimdConvolution.forward(
        workers,
        memory,
        g,
        (HostBuffer) x,
        packed,
        0,
        packed,
        (group, image, pitch) -> {
          Target target = SimdConvolution.target(g, to, group, image, pitch);
          if (bias instanceof HostBuffer b) {
            target.plusBias(b.array(), b.offset() + group * (g.outChannels() / g.groups()));
          }
          if (residual instanceof HostBuffer r) {
            target.plusResidual(r.array(), r.offset(), to.offset());
          }
          if (Target.fuses(epilogue.activation())) {
            target.activated(epilogue.activation(), epilogue.alpha(), epilogue.beta());
          }
          return target;
        });
    if (!Target.fuses(epilogue.activation())) {
      int n = g.batch() * g.outChannels() * g.outPlane();
      backend.unary(epilogue.activation(), epilogue.alpha(), epilogue.beta(), n, y, y);
    }
  }
}
