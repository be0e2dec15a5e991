package dev.graft.kernels.opencl.elementwise;

import dev.graft.core.backend.Buffer;
import dev.graft.kernels.opencl.product.Tile;
import dev.graft.kernels.opencl.product.TileChoice;
import dev.graft.kernels.opencl.product.Tiling;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;

/**
 * {@code copy.cl}: element by element, or by way of local memory where source and target run along
 * different axes.
 */
public final class StridedCopy {

  /** Elements of a tile along each axis, and rows of it that a group moves at once. */
  private static final int SIDE = 32;

  private static final int ROWS = 8;

  /** Along shorter axes most of a tile would be empty, and a cache holds all that is read twice. */
  private static final int SHORTEST = SIDE / 2;

  private final DeviceKernel box;
  private final DeviceKernel turned;
  private final boolean tiled;

  public StridedCopy(Programs programs, TileChoice tiles) {
    box = programs.kernel("copy", "copy_box");
    turned = programs.kernel("copy", "copy_turned", "-DSIDE=" + SIDE + " -DROWS=" + ROWS);
    // What a CPU calls local memory is a cache that it has anyway.
    boolean gpu = tiles.large() instanceof Tile.Gpu;
    tiled = gpu && programs.context().device().maxWorkGroup() >= SIDE * ROWS;
  }

  public void copy(
      int[] shape, Buffer x, int xOffset, int[] xStrides, int yOffset, int[] yStrides, Buffer y) {
    Axes axes = Axes.sorted(shape, xStrides, yStrides);
    int along = axes.unitAxis(0);
    boolean turns = along > 0 && axes.unitAxis(1) == 0;
    if (tiled && turns && Math.min(axes.size(0), axes.size(along)) >= SHORTEST) {
      Axes tile = axes.withSecond(along);
      Launch launch = turned.launch().struct(tile.struct());
      launch.buffer(x, xOffset).buffer(y, yOffset);
      launch.groups(
          new long[] {
            Tiling.groups(tile.size(0), SIDE),
            Tiling.groups(tile.size(1), SIDE),
            tile.elementsFrom(2)
          },
          new long[] {SIDE, ROWS, 1});
      return;
    }
    Launch launch = box.launch().struct(axes.struct());
    Elementwise.over(launch.buffer(x, xOffset).buffer(y, yOffset), axes);
  }
}
