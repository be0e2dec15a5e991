package dev.graft.kernels.simd;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Convolution and its gradient to the input as products with {@link ImageColumns}: weights
 * [channels, patch] times pixels [patch, batch plane], where the pixels are packed straight from
 * the images, tile by tile. Strides are split into phases first, so that only convolutions of
 * stride 1 remain.
 */
final class SimdConvolution {

  /** The most elements of split images that are kept at once. */
  private static final int SPLIT = 1 << 20;

  private SimdConvolution() {}

  /** The weights of one group as left operand. */
  static Left weights(ConvGeometry g, float[] w, int offset, int group) {
    int m = g.outChannels() / g.groups();
    return new Left(w, offset + group * m * g.patch(), g.patch(), 1, null, m, g.patch());
  }

  /**
   * {@code y = conv(x, w)} and whatever {@code epilogue} adds to each group's target.
   *
   * @param packed the packed weights of all groups, one after the other; null to pack w here
   */
  static void forward(
      Workers workers,
      ScratchArrays scratch,
      ConvGeometry g,
      HostBuffer x,
      float[] w,
      int wo,
      float @Nullable [] packed,
      GroupTargets targets) {
    if (packed == null && Winograd.suits(g)) {
      float[] u = scratch.take(WinogradWeights.packedLength(g.outChannels(), g.inChannels()));
      new WinogradWeights(w, wo, g.outChannels(), g.inChannels(), false)
          .pack(workers, scratch, u, 0);
      Winograd.forward(g, x, u, 0, targets.of(0, 0, g.outWidth()), scratch).run(workers);
      scratch.give(u);
      return;
    }
    int sh = g.strideHeight();
    int sw = g.strideWidth();
    int inChannels = g.inChannels() / g.groups();
    Taps taps = Taps.of(g);
    boolean splits = sh > 1 || sw > 1;
    int perImage =
        splits ? Planes.splitLength(1, inChannels, g.inHeight(), g.inWidth(), sh, sw) : 1;
    int images = splits ? Math.max(1, Math.min(g.batch(), SPLIT / perImage)) : g.batch();
    float[] split = splits ? scratch.take(images * perImage) : x.array();
    for (int group = 0; group < g.groups(); group++) {
      Left left = weights(g, w, wo, group);
      for (int first = 0; first < g.batch(); first += images) {
        int count = Math.min(images, g.batch() - first);
        Planes planes = planes(workers, g, x, group, first, count, taps, split);
        ImageColumns right = new ImageColumns(planes, taps, g.outHeight(), g.outWidth(), scratch);
        int pitch = ImageColumns.pitch(planes, g.outWidth());
        Target target = targets.of(group, first, pitch);
        int n = count * g.outHeight() * pitch;
        new Product(
                left, packed, packed == null ? 0 : group * left.packedLength(), right, n, target)
            .run(workers, scratch);
        right.close();
      }
    }
    if (splits) {
      scratch.give(split);
    }
  }

  /** Where the output of a group goes, from an image on. */
  interface GroupTargets {
    /**
     * @param pitch columns of a row of the product's grid
     */
    Target of(int group, int image, int pitch);
  }

  /** The place of a group's channels in y. */
  static Target target(ConvGeometry g, HostBuffer y, int group, int image, int pitch) {
    int channel = group * (g.outChannels() / g.groups());
    int offset = y.offset() + (image * g.outChannels() + channel) * g.outPlane();
    return pitch == g.outWidth()
        ? Target.planes(y.array(), offset, g.outChannels(), g.outPlane())
        : Target.grid(
            y.array(),
            offset,
            g.outChannels(),
            g.outHeight(),
            g.outWidth(),
            g.outHeight(),
            pitch,
            g.outWidth(),
            1,
            1);
  }

  /** {@code dx}: a convolution of dy with the transposed weights, for each phase of the stride. */
  static void gradientInput(
      Workers workers,
      ScratchArrays scratch,
      ConvGeometry g,
      HostBuffer dy,
      HostBuffer w,
      HostBuffer dx,
      Consumer<HostBuffer> zero) {
    if (Winograd.suits(g)) {
      float[] u = scratch.take(WinogradWeights.packedLength(g.inChannels(), g.outChannels()));
      new WinogradWeights(w.array(), w.offset(), g.inChannels(), g.outChannels(), true)
          .pack(workers, scratch, u, 0);
      Target target = Target.planes(dx.array(), dx.offset(), g.inChannels(), g.inPlane());
      Winograd.towardsInput(g, dy, u, target, scratch).run(workers);
      scratch.give(u);
      return;
    }
    int sh = g.strideHeight();
    int sw = g.strideWidth();
    if (sh > g.kernelHeight()
        || sw > g.kernelWidth()
        || g.dilationHeight() > 1
        || g.dilationWidth() > 1) {
      // Some pixels may have fed no output.
      zero.accept(dx);
    }
    for (int ph = 0; ph < Taps.phaseRows(g); ph++) {
      for (int pw = 0; pw < Taps.phaseColumns(g); pw++) {
        Taps taps = Taps.towardsInput(g, ph, pw);
        for (int group = 0; group < g.groups() && taps.count() > 0; group++) {
          phase(workers, scratch, g, dy, w, dx, taps, ph, pw, group);
        }
      }
    }
  }

  private static void phase(
      Workers workers,
      ScratchArrays scratch,
      ConvGeometry g,
      HostBuffer dy,
      HostBuffer w,
      HostBuffer dx,
      Taps taps,
      int ph,
      int pw,
      int group) {
    int outChannels = g.outChannels() / g.groups();
    int inChannels = g.inChannels() / g.groups();
    int area = g.kernelHeight() * g.kernelWidth();
    int wo = w.offset() + group * outChannels * g.patch();
    Left left =
        new Left(w.array(), wo, area, g.patch(), taps, inChannels, outChannels * taps.count());
    Planes planes =
        Planes.of(
            dy.array(),
            dy.offset() + group * outChannels * g.outPlane(),
            g.outChannels(),
            g.outHeight(),
            g.outWidth());
    int rows = Planes.ceil(g.inHeight() - ph, g.strideHeight());
    int columns = Planes.ceil(g.inWidth() - pw, g.strideWidth());
    ImageColumns right = new ImageColumns(planes, taps, rows, columns, scratch);
    int pitch = ImageColumns.pitch(planes, columns);
    int offset = dx.offset() + group * inChannels * g.inPlane();
    boolean whole = pitch == g.inWidth() && g.strideHeight() == 1 && g.strideWidth() == 1;
    Target target =
        whole
            ? Target.planes(dx.array(), offset, g.inChannels(), g.inPlane())
            : Target.grid(
                dx.array(),
                offset + ph * g.inWidth() + pw,
                g.inChannels(),
                g.inHeight(),
                g.inWidth(),
                rows,
                pitch,
                columns,
                g.strideHeight(),
                g.strideWidth());
    new Product(left, null, 0, right, g.batch() * rows * pitch, target).run(workers, scratch);
    right.close();
  }

  /** {@code dw}, of all groups. */
  static void gradientWeight(
      Workers workers,
      ScratchArrays scratch,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer dy,
      HostBuffer dw) {
    for (int group = 0; group < g.groups(); group++) {
      int at = dw.offset() + group * (g.outChannels() / g.groups()) * g.patch();
      new WeightGradient(g, group, scratch).run(workers, x, dy, dw.array(), at);
    }
  }

  /** The channels of a group as planes without strides. */
  private static Planes planes(
      Workers workers,
      ConvGeometry g,
      HostBuffer x,
      int group,
      int first,
      int images,
      Taps taps,
      float[] split) {
    int channels = g.inChannels() / g.groups();
    int channel = group * channels;
    if (g.strideHeight() == 1 && g.strideWidth() == 1) {
      int offset = x.offset() + first * g.inChannels() * g.inPlane() + channel * g.inPlane();
      return Planes.of(x.array(), offset, g.inChannels(), g.inHeight(), g.inWidth());
    }
    boolean[] used = new boolean[g.strideHeight() * g.strideWidth()];
    for (int phase : taps.phase()) {
      used[phase] = true;
    }
    return Planes.split(
        workers,
        x.array(),
        x.offset(),
        first,
        images,
        g.inChannels(),
        channel,
        channels,
        g.inHeight(),
        g.inWidth(),
        g.strideHeight(),
        g.strideWidth(),
        used,
        split);
  }
}
