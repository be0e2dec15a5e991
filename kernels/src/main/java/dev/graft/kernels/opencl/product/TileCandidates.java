package dev.graft.kernels.opencl.product;

import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.Precision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tiles that are worth measuring on a device: those that fit into its registers and memory. */
public final class TileCandidates {

  private TileCandidates() {}

  public static List<Tile> of(OpenClDevice device, int vector, Precision precision) {
    if (precision.onTensorCores()) {
      return tensor(device, precision);
    }
    return device.type() == OpenClDevice.Type.CPU ? cpu(device, vector) : gpu(device);
  }

  private static List<Tile> gpu(OpenClDevice device) {
    List<Tile> tiles = new ArrayList<>();
    int[][] shapes = {
      {128, 128, 8, 8},
      {128, 64, 8, 8},
      {64, 128, 8, 8},
      {64, 64, 8, 8},
      {128, 64, 8, 4},
      {64, 64, 8, 4},
      {64, 64, 4, 4},
      {64, 32, 4, 4},
      {32, 32, 4, 4}
    };
    for (int[] s : shapes) {
      for (int depth : new int[] {8, 16, 32}) {
        for (int buffers = 1; buffers <= 2; buffers++) {
          Tile.Gpu tile = gpu(s, depth, buffers);
          if (tile != null
              && tile.localBytes() <= device.localMemory()
              && tile.items() <= device.maxWorkGroup()) {
            tiles.add(tile);
          }
        }
      }
    }
    return tiles;
  }

  private static Tile.@Nullable Gpu gpu(int[] s, int depth, int buffers) {
    try {
      return new Tile.Gpu(s[0], s[1], depth, s[2], s[3], buffers);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static List<Tile> tensor(OpenClDevice device, Precision precision) {
    List<Tile> tiles = new ArrayList<>();
    int[][] shapes = {
      {128, 256, 64, 64},
      {256, 128, 64, 64},
      {128, 128, 64, 32},
      {128, 128, 32, 64},
      {128, 128, 64, 64},
      {128, 64, 64, 32},
      {64, 128, 32, 64},
      {64, 64, 32, 32},
      {64, 64, 32, 16},
      {64, 32, 32, 16},
      {32, 32, 16, 16}
    };
    for (int[] s : shapes) {
      for (int words : new int[] {8, 16, 32}) {
        TensorTile tile = tensor(precision, s, words);
        if (tile != null
            && tile.localBytes() <= device.localMemory()
            && tile.items() <= device.maxWorkGroup()) {
          tiles.add(tile);
        }
      }
    }
    return tiles;
  }

  private static @Nullable TensorTile tensor(Precision precision, int[] s, int words) {
    try {
      return new TensorTile(precision, s[0], s[1], words * precision.perWord(), s[2], s[3]);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static List<Tile> cpu(OpenClDevice device, int vector) {
    List<Tile> tiles = new ArrayList<>();
    tiles.add(TileChoice.shipped(device, vector, Precision.FLOAT32).large());
    int lanes = Math.max(4, Math.min(16, vector));
    for (int height : new int[] {4, 6, 8, 12}) {
      for (int vectors = 1; vectors <= 3; vectors++) {
        // Sums, a row of the right operand and one element of the left, in registers.
        int registers = vectors * (height + 1) + 1;
        if (registers > 32 || registers > 16 && lanes == 8 || height * vectors < 8) {
          continue;
        }
        for (int depth : new int[] {128, 256}) {
          int width = lanes * vectors;
          Tile.Cpu tile =
              new Tile.Cpu(
                  lanes, vectors, height, depth, 120 / height * height, 256 / width * width);
          if (tile.localBytes() <= device.localMemory() && !tiles.contains(tile)) {
            tiles.add(tile);
          }
        }
      }
    }
    return tiles;
  }
}
