package dev.graft.kernels.simd.convolution;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.image.Planes;
import dev.graft.kernels.simd.image.SplitImages;
import dev.graft.kernels.simd.image.Taps;
import dev.graft.kernels.simd.product.LeftOperand;
import dev.graft.kernels.simd.product.Product;
import dev.graft.kernels.simd.product.ResultWriter;
import dev.graft.kernels.simd.work.ScratchArrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution as a product with {@link ImageColumns}: weights [channels, patch] times pixels
 * [patch, batch plane], where the pixels are packed straight from the images, tile by tile. Strides
 * are split into phases first, so that only convolutions of stride 1 remain.
 */
public final class ProductConvolution implements ForwardConvolution {

  /** The most elements of split images that are kept at once. */
  private static final int SPLIT = 1 << 20;

  private final Workers workers;
  private final ScratchArrays scratch;
  private final ConvGeometry g;

  /** Output channels of a group. */
  private final int m;

  /** Null where there is no stride. */
  private final @Nullable SplitImages split;

  /** How many of them are convolved at a time. */
  private final int images;

  private final LeftOperand left;
  private final Planes planes;
  private final ImageColumns right;
  private final ResultWriter target;
  private final Product product;

  /** Columns of a row of the product's grid. */
  private final int pitch;

  public ProductConvolution(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    m = g.outChannels() / g.groups();
    Taps taps = Taps.of(g);
    if (g.strideHeight() > 1 || g.strideWidth() > 1) {
      split = new SplitImages(g, taps);
      images = Math.max(1, Math.min(g.batch(), SPLIT / split.perImage()));
      planes = split.planes();
    } else {
      split = null;
      images = g.batch();
      planes = Planes.of(g.inChannels(), g.inHeight(), g.inWidth());
    }
    left = new LeftOperand(g.patch(), 1, null, m, g.patch());
    right = new ImageColumns(planes, taps, g.outHeight(), g.outWidth(), scratch);
    pitch = ImageColumns.pitch(planes, g.outWidth());
    target =
        pitch == g.outWidth()
            ? ResultWriter.planes(g.outChannels(), g.outPlane())
            : ResultWriter.grid(
                g.outChannels(),
                g.outHeight(),
                g.outWidth(),
                g.outHeight(),
                pitch,
                g.outWidth(),
                1,
                1);
    product = new Product(left, right, target, scratch);
  }

  @Override
  public int packedLength() {
    return g.groups() * left.packedLength();
  }

  @Override
  public Class<?> packing() {
    return LeftOperand.class;
  }

  @Override
  public void pack(HostBuffer w, float[] to) {
    for (int group = 0; group < g.groups(); group++) {
      left.over(w.array(), w.offset() + group * m * g.patch());
      left.pack(workers, 0, left.k(), to, group * left.packedLength());
    }
    left.over(ScratchArrays.NONE, 0);
  }

  @Override
  public void run(
      HostBuffer x,
      HostBuffer w,
      boolean isPacked,
      @Nullable HostBuffer bias,
      @Nullable HostBuffer residual,
      Epilogue epilogue,
      HostBuffer y) {
    target
        .plusResidual(residual, y)
        .activated(epilogue.activation(), epilogue.alpha(), epilogue.beta());
    float[] phases = split == null ? ScratchArrays.NONE : scratch.take(images * split.perImage());
    right.open();
    for (int group = 0; group < g.groups(); group++) {
      target.plusBias(bias, group * m);
      left.over(w.array(), w.offset() + group * m * g.patch());
      for (int first = 0; first < g.batch(); first += images) {
        int count = Math.min(images, g.batch() - first);
        if (split == null) {
          int channel = group * (g.inChannels() / g.groups());
          planes.over(x.array(), x.offset() + channel * g.inPlane());
        } else {
          split.split(workers, x, group, first, count, phases);
          planes.over(phases, 0);
        }
        int channel = first * g.outChannels() + group * m;
        target.over(y.array(), y.offset() + channel * g.outPlane());
        int n = count * g.outHeight() * pitch;
        if (isPacked) {
          product.run(workers, n, w.array(), w.offset() + group * left.packedLength());
        } else {
          product.run(workers, n, null, 0);
        }
      }
    }
    right.close();
    if (split != null) {
      scratch.give(phases);
    }
    left.over(ScratchArrays.NONE, 0);
    planes.over(ScratchArrays.NONE, 0);
    target.clear();
  }
}
