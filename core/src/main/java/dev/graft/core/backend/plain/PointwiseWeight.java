package dev.graft.core.backend.plain;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;

/**
 * The gradient of a 1x1 convolution to its weight, {@code dw = Σ_n dy_n x_n^T}: a product over
 * pixels with nothing to unfold. Of its two forms, dw and its transpose, the one with the longer
 * rows is taken.
 */
final class PointwiseWeight extends RowProduct {

  private final Side rows;
  private final Side columns;
  private final int plane;
  private final HostBuffer dw;
  private final int base;
  private final int rowStep;
  private final int columnStep;

  /** One factor: the channels {@code first … first + count - 1} of images of {@code total}. */
  private record Side(HostBuffer images, int total, int first, int count) {
    int at(int image, int plane) {
      return images.offset() + (image * total + first) * plane;
    }
  }

  private PointwiseWeight(
      Side rows,
      Side columns,
      int batch,
      int plane,
      HostBuffer dw,
      int base,
      int rowStep,
      int columnStep) {
    super(rows.count, columns.count, batch * plane, rows.images.array(), plane, 1);
    this.rows = rows;
    this.columns = columns;
    this.plane = plane;
    this.dw = dw;
    this.base = base;
    this.rowStep = rowStep;
    this.columnStep = columnStep;
  }

  static void run(
      Workers workers,
      Scratch.Pool pool,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer dy,
      HostBuffer dw) {
    int in = g.inChannels() / g.groups();
    int out = g.outChannels() / g.groups();
    int k = g.batch() * g.outPlane();
    boolean transposed = out > in;
    RowProducts.run(
        workers,
        pool,
        g.groups(),
        transposed ? in : out,
        transposed ? out : in,
        k,
        group -> {
          Side inputs = new Side(x, g.inChannels(), group * in, in);
          Side outputs = new Side(dy, g.outChannels(), group * out, out);
          int base = dw.offset() + group * out * in;
          return transposed
              ? new PointwiseWeight(inputs, outputs, g.batch(), g.outPlane(), dw, base, 1, in)
              : new PointwiseWeight(outputs, inputs, g.batch(), g.outPlane(), dw, base, in, 1);
        });
  }

  @Override
  void offsets(int from, int count, int[] offsets) {
    for (int j = 0; j < count; j++) {
      offsets[j] = rows.at((from + j) / plane, plane) + (from + j) % plane;
    }
  }

  @Override
  void pack(int from, int count, int column, int width, float[][] panel) {
    for (int done = 0; done < count; ) {
      int pixel = (from + done) % plane;
      int length = Math.min(count - done, plane - pixel);
      int at = columns.at((from + done) / plane, plane) + pixel + column * plane;
      Transpose.intoRows(columns.images.array(), at, 1, plane, length, width, panel, done);
      done += length;
    }
  }

  @Override
  void start(int i, int column, int width, float[] sum) {
    Arrays.fill(sum, 0, width, 0f);
  }

  @Override
  void finish(int i, int column, int width, float[] sum) {
    int at = base + i * rowStep + column * columnStep;
    for (int c = 0; c < width; c++) {
      dw.array()[at + c * columnStep] = sum[c];
    }
  }
}
