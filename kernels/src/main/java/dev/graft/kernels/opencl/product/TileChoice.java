package dev.graft.kernels.opencl.product;

import dev.graft.core.backend.BackendException;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.Precision;
import java.util.Locale;

/**
 * The tiles that contractions on a device use: shipped for its kind, unless measured for it.
 *
 * @param large for results with enough tiles to fill the device
 * @param small for the others
 */
public record TileChoice(Tile large, Tile small) {

  private static final TileChoice NVIDIA =
      new TileChoice(new Tile.Gpu(128, 128, 8, 8, 8, 2), new Tile.Gpu(64, 64, 16, 4, 4, 2));

  /** Wavefronts of 64; barriers are cheap beside local memory's latency. */
  private static final TileChoice AMD =
      new TileChoice(new Tile.Gpu(128, 128, 16, 8, 8, 1), new Tile.Gpu(64, 64, 16, 4, 4, 1));

  /** Half the registers of the others for a work-item. */
  private static final TileChoice INTEL =
      new TileChoice(new Tile.Gpu(64, 64, 16, 8, 4, 1), new Tile.Gpu(32, 32, 16, 4, 4, 1));

  /** What a cautious device manages too. */
  private static final TileChoice ANY_GPU =
      new TileChoice(new Tile.Gpu(64, 64, 16, 4, 4, 1), new Tile.Gpu(32, 32, 16, 4, 4, 1));

  /**
   * Warps of 64 x 64 read 32 words of local memory for 32 instructions, those of 64 x 32 read 48;
   * and the fewer tiles, the less float32 comes through the second cache.
   */
  private static final TileChoice TF32 =
      new TileChoice(
          new TensorTile(Precision.TF32, 128, 256, 8, 64, 64),
          new TensorTile(Precision.TF32, 64, 64, 16, 32, 32));

  private static final TileChoice BF16 =
      new TileChoice(
          new TensorTile(Precision.BF16, 128, 256, 16, 64, 64),
          new TensorTile(Precision.BF16, 64, 64, 32, 32, 32));

  /** Local memory from which on blocks fill a second-level cache of 1 MiB by half. */
  private static final long LARGE_CACHE = 512 << 10;

  private static final long MEDIUM_CACHE = 200 << 10;

  /** The tiles of another kind of device, to test them with: nvidia, amd, intel, gpu. */
  public static final String PROPERTY = "graft.opencl.tiles";

  /**
   * What {@value #PROPERTY} names, or was measured for this device, or is shipped for it; of tensor
   * cores' tiles there is one kind.
   */
  public static TileChoice of(
      OpenClDevice device, int vector, Precision precision, TuningFile tuned) {
    if (precision.onTensorCores()) {
      return tuned.read().orElseGet(() -> shipped(device, vector, precision));
    }
    String name = System.getProperty(PROPERTY, "");
    return switch (name) {
      case "" -> tuned.read().orElseGet(() -> shipped(device, vector, precision));
      case "nvidia" -> NVIDIA;
      case "amd" -> AMD;
      case "intel" -> INTEL;
      case "gpu" -> ANY_GPU;
      default ->
          throw new BackendException(
              "unknown tiles " + name + " in " + PROPERTY + "; there are nvidia, amd, intel, gpu");
    };
  }

  /** What this program ships for a device of this kind. */
  public static TileChoice shipped(OpenClDevice device, int vector, Precision precision) {
    if (precision.onTensorCores()) {
      return precision == Precision.TF32 ? TF32 : BF16;
    }
    if (device.type() == OpenClDevice.Type.CPU) {
      Tile tile = cpu(vector, device.localMemory());
      return new TileChoice(tile, tile);
    }
    String vendor = device.vendor().toLowerCase(Locale.ROOT);
    if (vendor.contains("nvidia")) {
      return NVIDIA;
    }
    if (vendor.contains("advanced micro") || vendor.contains("amd")) {
      return AMD;
    }
    return vendor.contains("intel") ? INTEL : ANY_GPU;
  }

  /** Half of 32 registers of 16 floats hold sums; of 16 registers of 8 floats, three quarters. */
  private static Tile cpu(int vector, long local) {
    int height = vector >= 16 ? 8 : vector == 8 ? 6 : 4;
    int lanes = Math.max(4, Math.min(16, vector));
    int width = 2 * lanes;
    if (local >= LARGE_CACHE) {
      return new Tile.Cpu(lanes, 2, height, 256, 120 / height * height, 256 / width * width);
    }
    if (local >= MEDIUM_CACHE) {
      return new Tile.Cpu(lanes, 2, height, 128, 96 / height * height, 128);
    }
    return new Tile.Cpu(lanes, 2, height, 64, 24 / height * height, 64);
  }

  @Override
  public String toString() {
    return "large " + large + ", small " + small;
  }

  /**
   * The tile for a contraction: the small one where the large one would leave units idle, or half
   * of itself: 64 rows are a whole small tile of most GPUs and half of a large one.
   */
  Tile of(Contraction c, int units) {
    long tiles =
        (long) c.batch()
            * Tiling.groups(c.m(), large.rows())
            * Tiling.groups(c.n(), large.columns());
    boolean filled = c.m() > large.rows() / 2 && c.n() > large.columns() / 2;
    return tiles >= units && filled ? large : small;
  }
}
