package dev.graft.kernels.simd.winograd;

import dev.graft.kernels.simd.product.Tiles;
import dev.graft.kernels.simd.vector.Interleave;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The first step of {@link Winograd}: {@code V = B^T d B} for the 6x6 pixels d of every tile. It
 * works on as many tiles at once as there are lanes; for that, rows of pixels are taken apart into
 * their columns modulo 4.
 */
final class WinogradInput {

  private static final int POINTS = Winograd.POINTS;
  private static final int N = Lanes.COUNT;
  private static final int WIDTH = Tiles.WIDTH;
  private static final KernelForm FORM =
      new KernelForm("Winograd input", new WinogradTrials.Input());

  private final int channels;
  private final int height;
  private final int width;
  private final int outHeight;
  private final int padTop;
  private final int padLeft;
  private final ScratchArrays scratch;
  private final int tilesX;
  private final int tilesPerImage;

  // What is transformed just now.
  private float[] x = ScratchArrays.NONE;
  private int offset;

  /** For images {@code [channels, height, width]}. */
  WinogradInput(
      int channels,
      int height,
      int width,
      int outHeight,
      int outWidth,
      int padTop,
      int padLeft,
      ScratchArrays scratch) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.outHeight = outHeight;
    this.padTop = padTop;
    this.padLeft = padLeft;
    this.scratch = scratch;
    tilesX = Spans.ceil(outWidth, 4);
    tilesPerImage = tilesX * Spans.ceil(outHeight, 4);
  }

  /** Reads the images there from now on. */
  void over(float[] x, int offset) {
    this.x = x;
    this.offset = offset;
  }

  /**
   * V of some channels of the tiles {@code t0 … t1-1}, at most a block of them.
   *
   * @param v from {@code at} on, [points, channels, WIDTH] with points {@code pointStride} apart
   */
  void transform(int t0, int t1, int first, int end, float[] v, int at, int pointStride) {
    int mostRows = Math.min(Spans.ceil(outHeight, 4), WIDTH / tilesX + 2) + 1;
    int plane = mostRows * tilesX + 2 * N;
    float[] phases = scratch.take(24 * plane);
    float[] line = scratch.take(4 * tilesX + 8 * N);
    float[] work = scratch.take(2 * POINTS * N);
    Arrays.fill(line, 0, 4 * tilesX + 8 * N, 0f);
    boolean vector = FORM.isVector((end - first) * Winograd.OPERATIONS * (t1 - t0));
    for (int c = first; c < end; c++) {
      for (int t = t0; t < t1; ) {
        int image = t / tilesPerImage;
        int tile = t - image * tilesPerImage;
        int count = Math.min(t1 - t, tilesPerImage - tile);
        int row = tile / tilesX;
        int rows = (tile + count - 1) / tilesX - row + 1;
        takeApart(vector, image, c, row, rows, line, phases, plane);
        for (int i = 0; i < count; i += N) {
          int from = tile - row * tilesX + i;
          int column = t - t0 + i;
          int to = at + c * WIDTH + column;
          if (column + N <= WIDTH) {
            input(vector, phases, from, plane, tilesX, work, v, to, pointStride);
          } else {
            input(vector, phases, from, plane, tilesX, work, work, POINTS * N, N);
            for (int p = 0; p < POINTS; p++) {
              System.arraycopy(work, (POINTS + p) * N, v, to + p * pointStride, WIDTH - column);
            }
          }
        }
        t += count;
      }
    }
    scratch.give(work);
    scratch.give(line);
    scratch.give(phases);
  }

  /** The pixels under some rows of tiles: phase (row mod 4, column of the tile), tile. */
  private void takeApart(
      boolean vector,
      int image,
      int c,
      int row,
      int rows,
      float[] line,
      float[] phases,
      int plane) {
    int from = offset + (image * channels + c) * height * width;
    for (int r = 0; r < 4 * rows + 2; r++) {
      int h = 4 * row + r - padTop;
      int at = r % 4 * 6 * plane + r / 4 * tilesX;
      if (h < 0 || h >= height) {
        for (int j = 0; j < 6; j++) {
          Arrays.fill(phases, at + j * plane, at + j * plane + tilesX, 0f);
        }
        continue;
      }
      int start = from + h * width - padLeft;
      if (start >= 0 && start + 4 * (tilesX + N) + 4 * N <= x.length) {
        row(vector, x, start, phases, at, plane);
        clearBorder(phases, at, plane);
      } else {
        System.arraycopy(x, from + h * width, line, padLeft, width);
        row(vector, line, 0, phases, at, plane);
      }
      shift(vector, phases, at, at + 4 * plane);
      shift(vector, phases, at + plane, at + 5 * plane);
    }
  }

  /** The four columns of every tile of a row, and of the tile behind the last. */
  private void row(boolean vector, float[] pixels, int from, float[] phases, int at, int plane) {
    for (int tile = 0; tile <= tilesX; tile += N) {
      if (vector) {
        Interleave.apart(pixels, from + 4 * tile, phases, at + tile, plane);
      } else {
        PlainWinograd.apart(pixels, from + 4 * tile, phases, at + tile, plane);
      }
    }
  }

  /** Zeros where a row was read beyond its ends. */
  private void clearBorder(float[] phases, int at, int plane) {
    for (int k = 0; k < padLeft; k++) {
      phases[at + k % 4 * plane + k / 4] = 0f;
    }
    for (int k = padLeft + width; k < 4 * tilesX + 2; k++) {
      phases[at + k % 4 * plane + k / 4] = 0f;
    }
  }

  /** Columns 4 and 5 of a tile are columns 0 and 1 of the next. */
  private void shift(boolean vector, float[] phases, int from, int to) {
    if (!vector) {
      System.arraycopy(phases, from + 1, phases, to, tilesX);
      return;
    }
    for (int tile = 0; tile < tilesX; tile += N) {
      FloatVector.fromArray(Lanes.FLOATS, phases, from + tile + 1).intoArray(phases, to + tile);
    }
  }

  private static void input(
      boolean vector,
      float[] d,
      int from,
      int plane,
      int below,
      float[] t,
      float[] v,
      int at,
      int stride) {
    if (vector) {
      WinogradTransform.input(d, from, plane, below, t, v, at, stride);
    } else {
      PlainWinograd.input(d, from, plane, below, t, v, at, stride);
    }
  }
}
