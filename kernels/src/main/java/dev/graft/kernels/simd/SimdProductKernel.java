package dev.graft.kernels.simd;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.product.PackedMatrix;
import dev.graft.kernels.simd.product.ResultWriter;
import dev.graft.kernels.simd.product.RightMatrix;
import dev.graft.kernels.simd.product.RightOperand;
import dev.graft.kernels.simd.work.ScratchArrays;
import org.jspecify.annotations.Nullable;

/**
 * A product with its right operand packed and its epilogue in the registers. Where few rows or
 * columns are bound by reading that operand once, it would not pay: see {@link #suits}.
 */
final class SimdProductKernel implements Kernel {

  private final Backend backend;
  private final Workers workers;
  private final ScratchArrays scratch;
  private final GemmGeometry g;
  private final Epilogue epilogue;
  private final boolean changing;
  private @Nullable HostBuffer weights;

  /**
   * @param changing whether the weights are read where they are at every run
   */
  SimdProductKernel(
      Backend backend,
      Workers workers,
      ScratchArrays scratch,
      GemmGeometry g,
      Epilogue epilogue,
      boolean changing) {
    this.backend = backend;
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    this.epilogue = epilogue;
    this.changing = changing;
  }

  /** Whether packing is worth its memory. */
  static boolean suits(GemmGeometry g) {
    return !g.transposeA() && !SimdGemm.isThin(g);
  }

  private int length() {
    return PackedMatrix.length(g.k(), g.n());
  }

  @Override
  public long bytes() {
    return changing ? 0 : (long) Float.BYTES * length();
  }

  @Override
  public void pack(Buffer w) {
    HostBuffer source = (HostBuffer) w;
    if (changing) {
      weights = source;
      return;
    }
    HostBuffer packed = weights != null ? weights : HostBuffer.of(new float[length()]);
    RightOperand right = RightMatrix.of(g, source.array(), source.offset());
    new PackedMatrix(packed, g.k(), g.n()).fill(workers, right);
    weights = packed;
  }

  @Override
  public Object layout() {
    return changing ? this : new Layout(g.transposeB(), g.k(), g.n());
  }

  private record Layout(boolean transposed, int k, int n) {}

  @Override
  public void share(Kernel packed) {
    weights = ((SimdProductKernel) packed).weights;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (weights == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    HostBuffer from = (HostBuffer) x;
    HostBuffer to = (HostBuffer) y;
    RightOperand right =
        changing
            ? RightMatrix.of(g, weights.array(), weights.offset())
            : new PackedMatrix(weights, g.k(), g.n());
    ResultWriter target =
        ResultWriter.matrix(g.n())
            .over(to.array(), to.offset())
            .plusColumnBias((HostBuffer) bias)
            .plusResidual((HostBuffer) residual, to)
            .activated(epilogue.activation(), epilogue.alpha(), epilogue.beta());
    SimdGemm.tiles(workers, scratch, g, from.array(), from.offset(), right, target);
    if (!ResultWriter.fuses(epilogue.activation())) {
      int n = g.m() * g.n();
      backend.unary(epilogue.activation(), epilogue.alpha(), epilogue.beta(), n, y, y);
    }
  }
}
