package dev.graft.kernels.opencl.product;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Epilogue;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.runtime.ClContext;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.ScratchMemory;
import java.util.HashMap;
import java.util.Map;

/** Products with few rows or few columns, which read a matrix once: {@code thin.cl}. */
final class ThinProduct {

  /** Vectors up to which reading the matrix takes longer than the arithmetic. */
  private static final int MOST = 4;

  /** Shorter sides of a matrix than this are not worth another program. */
  private static final int SHORTEST = 16;

  private static final int GPU_ITEMS = 128;

  /** Vectors side by side in a work-item on a CPU, so that it reads whole lines of memory. */
  private static final int CPU_LINES = 4;

  private static final int UNSPLIT = 128;

  private record Variant(
      boolean left, Contraction.Left a, Contraction.Right b, int few, boolean stream) {}

  private final Programs programs;
  private final ScratchMemory scratch;
  private final DeviceKernel sum;
  private final Map<Variant, DeviceKernel> kernels = new HashMap<>();
  private final int vector;
  private final int lines;
  private final int items;
  private final long wanted;

  ThinProduct(Programs programs, ScratchMemory scratch, TileChoice tiles) {
    this.programs = programs;
    this.scratch = scratch;
    OpenClDevice device = programs.context().device();
    boolean cpu = tiles.large() instanceof Tile.Cpu;
    vector = tiles.large() instanceof Tile.Cpu tile ? tile.vector() : 1;
    lines = cpu ? CPU_LINES : 1;
    items = cpu ? 1 : Integer.highestOneBit(Math.min(GPU_ITEMS, device.maxWorkGroup()));
    // Work-items that keep the device busy: on a GPU some thousands for each unit.
    wanted = (long) device.computeUnits() * (cpu ? 4 : 2048);
    sum = programs.kernel("contraction+contraction_sum", "sum_splits");
  }

  boolean takes(Contraction c, Epilogue epilogue) {
    boolean plain =
        c.left() != Contraction.Left.IMAGES
            && (c.right() == Contraction.Right.ROWS || c.right() == Contraction.Right.COLUMNS);
    return plain
        && epilogue.equals(Epilogue.NONE)
        && c.k() > 0
        && Math.min(c.m(), c.n()) <= MOST
        && Math.max(c.m(), c.n()) >= SHORTEST;
  }

  void run(Contraction c, double alpha, Buffer a, Buffer b, double beta, Buffer y) {
    boolean left = c.m() <= c.n();
    int few = left ? c.m() : c.n();
    int wide = left ? c.n() : c.m();
    boolean stream =
        left ? c.right() == Contraction.Right.ROWS : c.left() == Contraction.Left.COLUMNS;
    int strips = Tiling.groups(wide, vector * lines);
    Tiling tiling = stream ? tiling(c, strips) : new Tiling(1, 1, 1, c.k());
    int[] sizes = c.struct(tiling, Epilogue.NONE);
    int[] scale = {
      Float.floatToRawIntBits((float) alpha), Float.floatToRawIntBits((float) beta), 0, 0
    };
    ClContext context = programs.context();
    context.lock();
    try {
      boolean split = tiling.splits() > 1;
      Buffer parts = split ? scratch.of((int) (c.elements() * tiling.splits())) : y;
      int vectors = few == 1 ? 1 : MOST;
      // A single vector is a row and a column alike, and lies side by side.
      boolean one = few == 1;
      Contraction.Left leftAs = left && one ? Contraction.Left.ROWS : c.left();
      Contraction.Right rightAs = !left && one ? Contraction.Right.COLUMNS : c.right();
      Launch launch = kernel(new Variant(left, leftAs, rightAs, vectors, stream)).launch();
      launch.struct(sizes).struct(scale).buffer(a).buffer(b).buffer(y).buffer(y).buffer(parts);
      if (stream) {
        launch.over(strips, (long) c.batch() * tiling.splits());
      } else {
        launch.groups(new long[] {wide, c.batch()}, new long[] {items, 1});
      }
      if (split) {
        Launch second = sum.launch().struct(sizes).struct(scale).buffer(parts).buffer(y);
        second.buffer(y).buffer(y).over(c.n(), c.m(), c.batch());
      }
    } finally {
      context.unlock();
    }
  }

  private Tiling tiling(Contraction c, int strips) {
    long splits = wanted / Math.max(1, (long) strips * c.batch());
    splits = Math.max(1, Math.min(splits, c.k() / UNSPLIT));
    int depth = Tiling.groups(c.k(), (int) splits);
    return new Tiling(1, 1, Tiling.groups(c.k(), depth), depth);
  }

  private DeviceKernel kernel(Variant variant) {
    return kernels.computeIfAbsent(
        variant,
        v ->
            programs.kernel(
                "lanes+contraction+thin",
                v.stream ? "stream" : "dots",
                "-DVECTOR="
                    + vector
                    + " -DLINES="
                    + lines
                    + " -DITEMS="
                    + items
                    + " -DFEW="
                    + v.few
                    + (v.left ? " -DTHIN_LEFT" : " -DTHIN_RIGHT")
                    + " -DLEFT_"
                    + v.a
                    + " -DRIGHT_"
                    + v.b));
  }
}
