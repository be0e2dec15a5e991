package dev.graft.kernels.opencl.product;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Epilogue;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.runtime.ClContext;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.ScratchMemory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link Contraction}s: chooses tile and cut, builds the kernel for the way its operands are
 * read, and adds the parts where k was split.
 */
public final class Contractions {

  /** Sums of a work-item that leave an assembler to choose between registers and groups. */
  private static final int MANY_SUMS = 64;

  private final Programs programs;
  private final ScratchMemory scratch;
  private final TileChoice tiles;
  private final int units;
  private final ThinProduct thin;
  private final DeviceKernel sum;

  private record Variant(Tile tile, Contraction.Left left, Contraction.Right right) {}

  private final Map<Variant, DeviceKernel> kernels = new HashMap<>();

  public Contractions(
      Programs programs, ScratchMemory scratch, TileChoice tiles, Precision precision) {
    this.programs = programs;
    this.scratch = scratch;
    this.tiles = tiles;
    units = programs.context().device().computeUnits();
    for (Tile tile : List.of(tiles.large(), tiles.small())) {
      for (Contraction.Right right : Contraction.Right.values()) {
        declare(tile, right, Contraction.Left.ROWS);
        if (precision == Precision.HALF) {
          declare(tile, right, Contraction.Left.HALVES);
        }
      }
    }
    thin = new ThinProduct(programs, scratch, tiles);
    sum = programs.kernel("contraction+contraction_sum", "sum_splits");
  }

  public TileChoice tiles() {
    return tiles;
  }

  /**
   * {@code C = activation(alpha A B + beta C + bias + residual)}.
   *
   * @param epilogue which of these there are, and the activation
   * @param residual of C's layout; may be C
   */
  public void run(
      Contraction c,
      double alpha,
      Buffer a,
      Buffer b,
      double beta,
      Epilogue epilogue,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    if (c.elements() == 0) {
      return;
    }
    if (thin.takes(c, epilogue)) {
      thin.run(c, alpha, a, b, beta, y);
      return;
    }
    Tile tile = tiles.of(c, units);
    Tiling tiling = Tiling.of(c, tile, units);
    int[] sizes = c.struct(tiling, epilogue);
    int[] scale = {bits(alpha), bits(beta), bits(epilogue.alpha()), bits(epilogue.beta())};
    // What is not there is not read, but something has to be given.
    Buffer offsets = bias == null ? y : bias;
    Buffer added = residual == null ? y : residual;
    ClContext context = programs.context();
    context.lock();
    try {
      boolean split = tiling.splits() > 1;
      Buffer parts = split ? scratch.of((int) (c.elements() * tiling.splits())) : y;
      Launch launch = kernel(tile, c).launch().struct(sizes).struct(scale).buffer(a).buffer(b);
      launch.buffer(offsets).buffer(added).buffer(parts);
      launch.groups(
          new long[] {
            Tiling.groups(c.n(), tiling.columns()),
            Tiling.groups(c.m(), tiling.rows()),
            (long) c.batch() * tiling.splits()
          },
          new long[] {tile.items(), 1, 1});
      if (split) {
        Launch second = sum.launch().struct(sizes).struct(scale).buffer(parts).buffer(offsets);
        second.buffer(added).buffer(y).over(c.n(), c.m(), c.batch());
      }
    } finally {
      context.unlock();
    }
  }

  private static int bits(double value) {
    return Float.floatToRawIntBits((float) value);
  }

  private DeviceKernel kernel(Tile tile, Contraction c) {
    DeviceKernel kernel = kernels.get(new Variant(tile, c.left(), right(tile, c.right())));
    if (kernel == null) {
      throw new IllegalStateException("no kernel reads " + c.left() + " and " + c.right());
    }
    return kernel;
  }

  /** A CPU packs pixels as any other patches. */
  private static Contraction.Right right(Tile tile, Contraction.Right right) {
    boolean packed = tile instanceof Tile.Cpu && right == Contraction.Right.PIXELS;
    return packed ? Contraction.Right.PATCHES : right;
  }

  /**
   * The kernels for all pairs of operands that there are; none is built before it is launched.
   *
   * @param rows what rows are stored as; of halves there are weights alone
   */
  private void declare(Tile tile, Contraction.Right of, Contraction.Left rows) {
    Contraction.Right right = right(tile, of);
    List<Contraction.Left> lefts =
        switch (right) {
          case ROWS, COLUMNS, PIXELS, PATCHES ->
              List.of(Contraction.Left.ROWS, Contraction.Left.COLUMNS);
          case UNFOLDED -> List.of(Contraction.Left.IMAGES);
        };
    if (rows == Contraction.Left.HALVES) {
      boolean weights = right == Contraction.Right.PIXELS || right == Contraction.Right.PATCHES;
      lefts = weights ? List.of(rows) : List.of();
    }
    for (Contraction.Left left : lefts) {
      String read = " -DLEFT_" + left + " -DRIGHT_" + right;
      String options = tile.options() + read + unroll(tile) + registers(tile);
      kernels.computeIfAbsent(
          new Variant(tile, left, right), v -> programs.kernel(tile.files(), "contract", options));
    }
  }

  /**
   * A GPU's compiler keeps addresses out of the inner loop when all of it is written out; a CPU's,
   * which is given these tiles to test them, takes minutes over it.
   */
  private String unroll(Tile tile) {
    boolean gpu = programs.context().device().isGpu();
    if (tile instanceof TensorTile) {
      return TensorTile.options(programs.context().device());
    }
    return tile instanceof Tile.Gpu ? " -DUNROLL=" + (gpu ? tile.depth() : 1) : "";
  }

  /**
   * NVIDIA's assembler takes up to 168 registers for 8x8 sums where it is not told otherwise, and a
   * multiprocessor of 65536 then holds one group of 256 items. With 128 it holds two: one computes
   * while the other waits at a barrier, begins or writes. Up to 80 bytes an item spill, none for a
   * product with A transposed. (By {@code ptxas -v} for sm_90 on what clang makes of the kernels;
   * the time has not been measured.) Smaller tiles take 64 to 92, and more where they are allowed
   * to. The option is that of {@code cl_nv_compiler_options}.
   */
  private String registers(Tile tile) {
    boolean nvidia = programs.context().device().computeCapability() > 0;
    boolean many = tile instanceof Tile.Gpu gpu && gpu.workM() * gpu.workN() >= MANY_SUMS;
    return nvidia && many ? " -cl-nv-maxrregcount=128" : "";
  }
}
