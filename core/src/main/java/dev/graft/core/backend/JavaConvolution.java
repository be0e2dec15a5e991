package dev.graft.core.backend;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions of {@link JavaBackend} as products of {@link JavaGemm} over patches that are
 * gathered while they are packed. The columns of a product run over all images of the batch, so
 * that the small planes of late layers (7x7) still make long vector loops.
 */
final class JavaConvolution {

  /** Up to this many weights, partial sums over images are cheap to keep apart. */
  private static final int SMALL_WEIGHT = 1 << 16;

  /** Partial sums of a weight gradient; a constant, so that results do not depend on threads. */
  private static final int PARTS = 8;

  private JavaConvolution() {}

  /** {@code y [o, (image, p)] = bias + w [o, patch] patches [patch, (image, p)]}. */
  static void forward(
      Workers workers,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer w,
      @Nullable HostBuffer bias,
      HostBuffer y) {
    int groupOut = g.outChannels() / g.groups();
    for (int group = 0; group < g.groups(); group++) {
      int first = group * groupOut;
      Gather patches = Gather.ofInput(g, group, x);
      JavaGemm.multiply(
          workers,
          groupOut,
          g.batch() * g.outPlane(),
          g.patch(),
          JavaGemm.left(w, first * g.patch(), g.patch(), false, 1),
          rowsOf(patches),
          new Planes(y, first, g.outChannels(), g.outPlane(), bias));
    }
  }

  private static JavaGemm.Right rowsOf(Gather patches) {
    return (k, depth, column, width, rows) -> {
      for (int i = 0; i < depth; i++) {
        patches.read(k + i, column, width, rows[i]);
      }
    };
  }

  /**
   * For stride 1 the input gradient is a convolution of dy with the flipped kernel, channels
   * swapped. Otherwise that would multiply mostly zeros: there each image's columns are computed
   * and summed back ({@link Backend#col2im}).
   */
  static void gradientInput(
      Workers workers, ConvGeometry g, HostBuffer dy, HostBuffer w, HostBuffer dx) {
    if (g.strideHeight() == 1 && g.strideWidth() == 1) {
      int groupIn = g.inChannels() / g.groups();
      int groupOut = g.outChannels() / g.groups();
      int taps = g.kernelHeight() * g.kernelWidth();
      for (int group = 0; group < g.groups(); group++) {
        int from = w.offset() + group * groupOut * g.patch();
        JavaGemm.Left flipped =
            (row, k, count, target) -> {
              for (int i = 0; i < count; i++) {
                int o = (k + i) / taps;
                int tap = taps - 1 - (k + i) % taps;
                target[i] = w.array()[from + (o * groupIn + row) * taps + tap];
              }
            };
        JavaGemm.multiply(
            workers,
            groupIn,
            g.batch() * g.inPlane(),
            groupOut * taps,
            flipped,
            rowsOf(Gather.ofOutputGradient(g, group, dy)),
            new Planes(dx, group * groupIn, g.inChannels(), g.inPlane(), null));
      }
      return;
    }
    workers.forEach(
        g.batch() * g.groups(),
        part -> gradientInputByColumns(g, part / g.groups(), part % g.groups(), dy, w, dx));
  }

  private static void gradientInputByColumns(
      ConvGeometry g, int image, int group, HostBuffer dy, HostBuffer w, HostBuffer dx) {
    int groupOut = g.outChannels() / g.groups();
    int first = group * groupOut;
    int plane = g.outPlane();
    float[] columns = new float[g.patch() * plane];
    JavaGemm.Left left = JavaGemm.left(w, first * g.patch(), g.patch(), true, 1);
    JavaGemm.Right right =
        JavaGemm.right(dy, (image * g.outChannels() + first) * plane, plane, false);
    HostBuffer unfolded = HostBuffer.of(columns);
    JavaGemm.Result result = JavaGemm.result(unfolded, 0, plane, 0);
    for (int column = 0; column < plane; column += JavaGemm.WIDTH) {
      int width = Math.min(JavaGemm.WIDTH, plane - column);
      JavaGemm.block(0, g.patch(), column, width, groupOut, left, right, result);
    }
    JavaUnfold.col2im(g, image, group, unfolded, dx);
  }

  /**
   * {@code dw [o, patch] = dy [o, (image, p)] patches^T [(image, p), patch]}. The sum is long and
   * the result small: where it is small enough, images are cut into a fixed number of parts with
   * sums of their own, added in order.
   */
  static void gradientWeight(
      Workers workers, ConvGeometry g, HostBuffer x, HostBuffer dy, HostBuffer dw) {
    int groupOut = g.outChannels() / g.groups();
    int size = groupOut * g.patch();
    int parts = size <= SMALL_WEIGHT ? Math.min(g.batch(), PARTS) : 1;
    for (int group = 0; group < g.groups(); group++) {
      JavaGemm.Left left = new PlaneRows(dy, group * groupOut, g.outChannels(), g.outPlane());
      JavaGemm.Right right = columnsOf(Gather.ofInput(g, group, x));
      if (parts == 1) {
        JavaGemm.multiply(
            workers,
            groupOut,
            g.patch(),
            g.batch() * g.outPlane(),
            left,
            right,
            JavaGemm.result(dw, group * size, g.patch(), 0));
      } else {
        gradientInParts(workers, g, parts, left, right, dw, group * size);
      }
    }
  }

  private static void gradientInParts(
      Workers workers,
      ConvGeometry g,
      int parts,
      JavaGemm.Left left,
      JavaGemm.Right right,
      HostBuffer dw,
      int offset) {
    int groupOut = g.outChannels() / g.groups();
    int size = groupOut * g.patch();
    float[] sums = new float[parts * size];
    workers.forEach(
        parts,
        part -> {
          int from = (int) ((long) g.batch() * part / parts) * g.outPlane();
          int to = (int) ((long) g.batch() * (part + 1) / parts) * g.outPlane();
          JavaGemm.Left shifted =
              (row, k, count, target) -> left.read(row, from + k, count, target);
          JavaGemm.Right moved =
              (k, depth, column, width, rows) -> right.pack(from + k, depth, column, width, rows);
          JavaGemm.Result own = JavaGemm.result(HostBuffer.of(sums), part * size, g.patch(), 0);
          for (int column = 0; column < g.patch(); column += JavaGemm.WIDTH) {
            int width = Math.min(JavaGemm.WIDTH, g.patch() - column);
            JavaGemm.block(0, groupOut, column, width, to - from, shifted, moved, own);
          }
        });
    float[] target = dw.array();
    int base = dw.offset() + offset;
    Arrays.fill(target, base, base + size, 0);
    for (int part = 0; part < parts; part++) {
      int from = part * size;
      for (int i = 0; i < size; i++) {
        target[base + i] += sums[from + i];
      }
    }
  }

  /** The transposed matrix of patches: sixteen of its columns at a time, then turned over. */
  private static JavaGemm.Right columnsOf(Gather patches) {
    return (k, depth, column, width, rows) -> {
      float[][] tile = TILE.get();
      for (int first = 0; first < width; first += tile.length) {
        int count = Math.min(tile.length, width - first);
        for (int j = 0; j < count; j++) {
          patches.read(column + first + j, k, depth, tile[j]);
        }
        for (int i = 0; i < depth; i++) {
          float[] row = rows[i];
          for (int j = 0; j < count; j++) {
            row[first + j] = tile[j][i];
          }
        }
      }
    };
  }

  private static final ThreadLocal<float[][]> TILE =
      ThreadLocal.withInitial(() -> new float[16][JavaGemm.DEPTH]);

  /** Images {@code [image, channel, p]} as a matrix {@code [channel, (image, p)]} to be written. */
  private record Planes(
      HostBuffer images, int firstChannel, int channels, int plane, @Nullable HostBuffer bias)
      implements JavaGemm.Result {

    @Override
    public void begin(int row, int column, int width, float[] target) {
      float value = bias == null ? 0 : bias.array()[bias.offset() + firstChannel + row];
      Arrays.fill(target, 0, width, value);
    }

    @Override
    public void read(int row, int column, int width, float[] target) {
      for (int done = 0; done < width; ) {
        int run = Math.min(width - done, plane - (column + done) % plane);
        System.arraycopy(images.array(), at(row, column + done), target, done, run);
        done += run;
      }
    }

    @Override
    public void write(int row, int column, int width, float[] source) {
      for (int done = 0; done < width; ) {
        int run = Math.min(width - done, plane - (column + done) % plane);
        System.arraycopy(source, done, images.array(), at(row, column + done), run);
        done += run;
      }
    }

    private int at(int row, int column) {
      int channel = column / plane * channels + firstChannel + row;
      return images.offset() + channel * plane + column % plane;
    }
  }

  /** Images {@code [image, channel, p]} as a left operand {@code [channel, (image, p)]}. */
  private record PlaneRows(HostBuffer images, int firstChannel, int channels, int plane)
      implements JavaGemm.Left {

    @Override
    public void read(int row, int k, int count, float[] target) {
      for (int done = 0; done < count; ) {
        int position = (k + done) % plane;
        int run = Math.min(count - done, plane - position);
        int channel = (k + done) / plane * channels + firstChannel + row;
        int from = images.offset() + channel * plane + position;
        System.arraycopy(images.array(), from, target, done, run);
        done += run;
      }
    }
  }
}
