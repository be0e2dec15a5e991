package dev.graft.kernels.simd.convolution;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.image.Planes;
import dev.graft.kernels.simd.image.Taps;
import dev.graft.kernels.simd.product.LeftOperand;
import dev.graft.kernels.simd.product.Product;
import dev.graft.kernels.simd.product.ResultWriter;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient of a convolution to its input as products, one for each phase of the stride: the
 * transposed weights that reach it times {@link ImageColumns} of dy.
 */
public final class ProductInputGradient implements InputGradient {

  private final Workers workers;
  private final ScratchArrays scratch;
  private final ConvGeometry g;
  private final Workers.Span zeros = this::zeros;

  /** Whether some pixels may have fed no output. */
  private final boolean hasGaps;

  private final List<Phase> phases = new ArrayList<>();

  /** What is filled with zeros just now. */
  private float[] dx = ScratchArrays.NONE;

  private int offset;

  public ProductInputGradient(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    hasGaps =
        g.strideHeight() > g.kernelHeight()
            || g.strideWidth() > g.kernelWidth()
            || g.dilationHeight() > 1
            || g.dilationWidth() > 1;
    for (int ph = 0; ph < Taps.phaseRows(g); ph++) {
      for (int pw = 0; pw < Taps.phaseColumns(g); pw++) {
        Taps taps = Taps.towardsInput(g, ph, pw);
        if (taps.count() > 0) {
          phases.add(new Phase(ph, pw, taps));
        }
      }
    }
  }

  @Override
  public void run(HostBuffer dy, HostBuffer w, HostBuffer dx) {
    if (hasGaps) {
      this.dx = dx.array();
      offset = dx.offset();
      Spans.forEach(workers, g.batch() * g.inChannels() * g.inPlane(), zeros);
      this.dx = ScratchArrays.NONE;
    }
    for (int phase = 0; phase < phases.size(); phase++) {
      phases.get(phase).run(dy, w, dx);
    }
  }

  private void zeros(int first, int count) {
    Arrays.fill(dx, offset + first, offset + first + count, 0f);
  }

  /** Every sh-th row from {@code ph} on and every sw-th column from {@code pw} on of dx. */
  private final class Phase {

    private final int start;
    private final LeftOperand left;
    private final Planes planes;
    private final ImageColumns right;
    private final ResultWriter target;
    private final Product product;

    /** Columns of the product's grid. */
    private final int n;

    Phase(int ph, int pw, Taps taps) {
      int area = g.kernelHeight() * g.kernelWidth();
      int outChannels = g.outChannels() / g.groups();
      int inChannels = g.inChannels() / g.groups();
      int rows = Spans.ceil(g.inHeight() - ph, g.strideHeight());
      int columns = Spans.ceil(g.inWidth() - pw, g.strideWidth());
      left = new LeftOperand(area, g.patch(), taps, inChannels, outChannels * taps.count());
      planes = Planes.of(g.outChannels(), g.outHeight(), g.outWidth());
      right = new ImageColumns(planes, taps, rows, columns, scratch);
      int pitch = ImageColumns.pitch(planes, columns);
      boolean whole = pitch == g.inWidth() && g.strideHeight() == 1 && g.strideWidth() == 1;
      target =
          whole
              ? ResultWriter.planes(g.inChannels(), g.inPlane())
              : ResultWriter.grid(
                  g.inChannels(),
                  g.inHeight(),
                  g.inWidth(),
                  rows,
                  pitch,
                  columns,
                  g.strideHeight(),
                  g.strideWidth());
      product = new Product(left, right, target, scratch);
      start = ph * g.inWidth() + pw;
      n = g.batch() * rows * pitch;
    }

    void run(HostBuffer dy, HostBuffer w, HostBuffer dx) {
      int outChannels = g.outChannels() / g.groups();
      int inChannels = g.inChannels() / g.groups();
      right.open();
      for (int group = 0; group < g.groups(); group++) {
        left.over(w.array(), w.offset() + group * outChannels * g.patch());
        planes.over(dy.array(), dy.offset() + group * outChannels * g.outPlane());
        target.over(dx.array(), dx.offset() + group * inChannels * g.inPlane() + start);
        product.run(workers, n, null, 0);
      }
      right.close();
      left.over(ScratchArrays.NONE, 0);
      planes.over(ScratchArrays.NONE, 0);
      target.clear();
    }
  }
}
