package dev.graft.kernels.simd.blocked;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.kernels.simd.vector.Lanes;
import java.util.ArrayList;
import java.util.List;

/**
 * Windows over a plane of one block of channels, for what treats every channel alone. Outputs whose
 * window lies within the plane are taken some at a time: all of them read the same taps from where
 * their window begins. The others, at the border, have a list each of the taps that they see, so
 * that no plane is copied into its padding.
 */
final class BlockedWindows {

  private static final int N = Lanes.COUNT;

  /** Outputs that are computed together. */
  static final int TOGETHER = 8;

  /** A few windows of 3x3, some of them at the border, on a plane of 5x5. */
  static final BlockedWindows EXAMPLE =
      new BlockedWindows(
          new int[] {5, 5},
          new int[] {4, 4},
          new int[] {3, 3},
          new int[] {1, 1},
          new int[] {1, 1},
          new int[] {1, 1});

  /** Elements of that plane. */
  static final int EXAMPLE_PLANE = 25 * N;

  /** Places of the taps, from where a window begins. */
  final int[] taps;

  /** Where the windows within the plane begin; the last repeated up to whole groups. */
  final int[] starts;

  /** Where their outputs lie, likewise. */
  final int[] outputs;

  /** Where the outputs at the border lie. */
  final int[] borderOutputs;

  /** Where the list of each begins, and the end of the last. */
  final int[] borderLists;

  /** The places in the plane that they see. */
  final int[] borderPlaces;

  /** The taps by which they see them. */
  final int[] borderTaps;

  /** All by height and width. */
  private BlockedWindows(
      int[] in, int[] out, int[] kernel, int[] stride, int[] dilation, int[] pad) {
    taps = new int[kernel[0] * kernel[1]];
    for (int k = 0; k < taps.length; k++) {
      int row = k / kernel[1] * dilation[0];
      taps[k] = (row * in[1] + k % kernel[1] * dilation[1]) * N;
    }
    List<Integer> inside = new ArrayList<>();
    List<Integer> insideOutputs = new ArrayList<>();
    List<Integer> border = new ArrayList<>();
    List<Integer> lists = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<Integer> seen = new ArrayList<>();
    for (int output = 0; output < out[0] * out[1]; output++) {
      int top = output / out[1] * stride[0] - pad[0];
      int left = output % out[1] * stride[1] - pad[1];
      int bottom = top + (kernel[0] - 1) * dilation[0];
      int right = left + (kernel[1] - 1) * dilation[1];
      if (top >= 0 && left >= 0 && bottom < in[0] && right < in[1]) {
        inside.add((top * in[1] + left) * N);
        insideOutputs.add(output * N);
        continue;
      }
      border.add(output * N);
      lists.add(places.size());
      for (int k = 0; k < taps.length; k++) {
        int h = top + k / kernel[1] * dilation[0];
        int w = left + k % kernel[1] * dilation[1];
        if (h >= 0 && h < in[0] && w >= 0 && w < in[1]) {
          places.add((h * in[1] + w) * N);
          seen.add(k);
        }
      }
    }
    lists.add(places.size());
    starts = groups(inside);
    outputs = groups(insideOutputs);
    borderOutputs = array(border);
    borderLists = array(lists);
    borderPlaces = array(places);
    borderTaps = array(seen);
  }

  static BlockedWindows of(ConvGeometry g) {
    return new BlockedWindows(
        new int[] {g.inHeight(), g.inWidth()},
        new int[] {g.outHeight(), g.outWidth()},
        new int[] {g.kernelHeight(), g.kernelWidth()},
        new int[] {g.strideHeight(), g.strideWidth()},
        new int[] {g.dilationHeight(), g.dilationWidth()},
        new int[] {g.padTop(), g.padLeft()});
  }

  static BlockedWindows of(PoolGeometry g) {
    return new BlockedWindows(
        new int[] {g.inHeight(), g.inWidth()},
        new int[] {g.outHeight(), g.outWidth()},
        new int[] {g.kernelHeight(), g.kernelWidth()},
        new int[] {g.strideHeight(), g.strideWidth()},
        new int[] {g.dilationHeight(), g.dilationWidth()},
        new int[] {g.padTop(), g.padLeft()});
  }

  private static int[] array(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int[] groups(List<Integer> list) {
    int[] groups = new int[(list.size() + TOGETHER - 1) / TOGETHER * TOGETHER];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = list.get(Math.min(i, list.size() - 1));
    }
    return groups;
  }
}
