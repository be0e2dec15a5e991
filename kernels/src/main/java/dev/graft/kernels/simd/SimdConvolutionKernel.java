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
  private final ScratchArrays scratch;
  private final ConvGeometry g;
  private final Epilogue epilogue;
  private final boolean winograd;
  private final boolean changing;
  private float @Nullable [] packed;
  private @Nullable HostBuffer given;

  SimdConvolutionKernel(
      Backend backend,
      Workers workers,
      ScratchArrays scratch,
      ConvGeometry g,
      Epilogue epilogue,
      boolean changing) {
    this.backend = backend;
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    this.epilogue = epilogue;
    this.changing = changing;
    this.winograd = Winograd.suits(g);
  }

  private int length() {
    if (winograd) {
      return WinogradWeights.packedLength(g.outChannels(), g.inChannels());
    }
    int m = g.outChannels() / g.groups();
    return g.groups() * Tiles.padded(m) * g.patch();
  }

  @Override
  public long bytes() {
    return changing ? 0 : (long) Float.BYTES * length();
  }

  @Override
  public void pack(Buffer w) {
    HostBuffer from = (HostBuffer) w;
    if (changing) {
      given = from;
      return;
    }
    float[] to = packed != null ? packed : new float[length()];
    for (int group = 0; group < g.groups() && !winograd; group++) {
      Left left = SimdConvolution.weights(g, from.array(), from.offset(), group);
      left.pack(workers, 0, left.k(), to, group * left.packedLength());
    }
    if (winograd) {
      new WinogradWeights(from.array(), from.offset(), g.outChannels(), g.inChannels(), false)
          .pack(workers, scratch, to, 0);
    }
    packed = to;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (packed == null && given == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    HostBuffer to = (HostBuffer) y;
    SimdConvolution.GroupTargets targets =
        (group, image, pitch) -> target(to, bias, residual, group, image, pitch);
    if (given != null) {
      SimdConvolution.forward(
          workers, scratch, g, (HostBuffer) x, given.array(), given.offset(), null, targets);
    } else if (winograd) {
      Target target = targets.of(0, 0, g.outWidth());
      Winograd.forward(g, (HostBuffer) x, packed, 0, target, scratch).run(workers);
    } else {
      SimdConvolution.forward(workers, scratch, g, (HostBuffer) x, packed, 0, packed, targets);
    }
    if (!Target.fuses(epilogue.activation())) {
      int n = g.batch() * g.outChannels() * g.outPlane();
      backend.unary(epilogue.activation(), epilogue.alpha(), epilogue.beta(), n, y, y);
    }
  }

  private Target target(
      HostBuffer y,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      int group,
      int image,
      int pitch) {
    Target target = SimdConvolution.target(g, y, group, image, pitch);
    if (bias instanceof HostBuffer b) {
      target.plusBias(b.array(), b.offset() + group * (g.outChannels() / g.groups()));
    }
    if (residual instanceof HostBuffer r) {
      target.plusResidual(r.array(), r.offset(), y.offset());
    }
    if (Target.fuses(epilogue.activation())) {
      target.activated(epilogue.activation(), epilogue.alpha(), epilogue.beta());
    }
    return target;
  }
}
