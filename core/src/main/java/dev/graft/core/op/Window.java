package dev.graft.core.op;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.Collections;
import java.util.List;

/**
 * The window that a convolution or a pooling slides over one or two spatial axes, with ONNX's
 * attributes. All lists have one entry for each spatial axis, {@code pads} two: all beginnings,
 * then all ends.
 *
 * @param kernel sizes, at least 1
 * @param strides at least 1
 * @param dilations distance between taps, at least 1
 * @param pads at least 0; ignored unless {@code autoPad} is NOTSET
 * @param autoPad derives the pads from the input size
 * @param ceilMode round the output size up, so that a last window may hang over the end
 */
public record Window(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> pads,
    AutoPad autoPad,
    boolean ceilMode) {

  /** Elements of a padded plane that no input has to account for. */
  private static final long LARGE_PLANE = 1 << 22;

  /** Elements of a padded plane for each of the input's, beyond that. */
  private static final long MOST_PADDING = 4;

  /**
   * @throws ShapeException if the lists do not have matching lengths or a value is out of range
   */
  public Window {
    kernel = List.copyOf(kernel);
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    pads = List.copyOf(pads);
    int axes = kernel.size();
    if (axes < 1 || axes > 2) {
      throw new ShapeException(
          "a window over " + axes + " spatial axes is not supported; expected 1 or 2");
    }
    if (strides.size() != axes || dilations.size() != axes || pads.size() != 2 * axes) {
      throw new ShapeException(
          "kernel "
              + kernel
              + " expects as many strides and dilations and twice as many pads, found strides "
              + strides
              + ", dilations "
              + dilations
              + ", pads "
              + pads);
    }
    if (Collections.min(kernel) < 1
        || Collections.min(strides) < 1
        || Collections.min(dilations) < 1
        || Collections.min(pads) < 0) {
      throw new ShapeException(
          "kernel, strides and dilations must be at least 1 and pads at least 0, found kernel "
              + kernel
              + ", strides "
              + strides
              + ", dilations "
              + dilations
              + ", pads "
              + pads);
    }
  }

  /** A square window over two axes without dilation. */
  public static Window square(int kernel, int stride, int pad) {
    return new Window(
        List.of(kernel, kernel),
        List.of(stride, stride),
        List.of(1, 1),
        List.of(pad, pad, pad, pad),
        AutoPad.NOTSET,
        false);
  }

  /** Number of spatial axes, 1 or 2. */
  public int axes() {
    return kernel.size();
  }

  /** Kernel size as height and width; a one-dimensional window has height 1. */
  public int kernelHeight() {
    return axes() == 1 ? 1 : kernel.get(0);
  }

  public int kernelWidth() {
    return kernel.get(axes() - 1);
  }

  /** This window along the vertical axis of {@code x}, or a trivial one where x has none. */
  public Extent vertical(Shape x) {
    return axes() == 1 ? new Extent(1, 1, 1, 1, 0, 0) : extent(0, x.size(-2));
  }

  /** This window along the last axis of {@code x}. */
  public Extent horizontal(Shape x) {
    return extent(axes() - 1, x.size(-1));
  }

  /**
   * The shape {@code [N, channels, out…]} for an input {@code [N, C, in…]}.
   *
   * @throws ShapeException if the window does not fit into the padded input, or if a padded plane
   *     is far larger than the plane itself: kernels work in such planes, and find their way in
   *     them with ints
   */
  public Shape outputShape(Shape x, Size channels) {
    if (!x.axes(2, x.rank()).isOpen()) {
      expectPlane(x);
    }
    Size[] sizes = x.dims().toArray(Size[]::new);
    sizes[1] = channels;
    for (int axis = 0; axis < axes(); axis++) {
      sizes[axis + 2] = positions(axis, x.dim(axis + 2));
    }
    return Shape.ofSizes(sizes);
  }

  /** Number of window positions along an axis of a size that may be open. */
  private Size positions(int axis, Size in) {
    if (in.isKnown()) {
      return Size.of(extent(axis, (int) in.known()).out());
    }
    int stride = strides.get(axis);
    if (autoPad == AutoPad.SAME_UPPER || autoPad == AutoPad.SAME_LOWER) {
      return in.plus(stride - 1).over(stride);
    }
    long padding = autoPad == AutoPad.VALID ? 0 : (long) pads.get(axis) + pads.get(axis + axes());
    Size room = in.plus(padding - (long) dilations.get(axis) * (kernel.get(axis) - 1) - 1);
    // Rounded up, a last window may be dropped again.
    return ceilMode && stride > 1
        ? Size.unknown("ceil((" + room + ")/" + stride + ")+1", List.of("windows", this, axis, in))
        : room.over(stride).plus(1);
  }

  private void expectPlane(Shape x) {
    Extent down = vertical(x);
    Extent across = horizontal(x);
    long padded = down.padded() * across.padded();
    if (padded > Math.max(LARGE_PLANE, MOST_PADDING * down.in() * across.in())) {
      throw new ShapeException(
          "kernel "
              + kernel
              + " and pads make a plane of "
              + down.padded()
              + "x"
              + across.padded()
              + " of an input "
              + x
              + "; at most "
              + MOST_PADDING
              + " times the input is supported, or "
              + LARGE_PLANE
              + " elements");
    }
  }

  /**
   * @throws ShapeException if {@code x} is not {@code [N, C, spatial…]} with this many spatial axes
   */
  public void expectRank(String type, Shape x) {
    if (x.rank() != axes() + 2) {
      throw new ShapeException(
          type
              + " with kernel "
              + kernel
              + " expects an input "
              + (axes() == 1 ? "[N,C,W]" : "[N,C,H,W]")
              + ", found "
              + x);
    }
  }

  /**
   * @param x an input of this many spatial axes
   * @throws ShapeException if the last axes of weight {@code w} are not the kernel's
   */
  public void expectKernel(Shape x, Shape w) {
    if (w.rank() != x.rank()
        || w.size(-1) != kernelWidth()
        || (axes() == 2 && w.size(-2) != kernelHeight())) {
      throw new ShapeException("weight " + w + " does not match kernel " + kernel);
    }
  }

  /**
   * A window along one axis with its pads resolved.
   *
   * @param in size of the input
   * @param out number of window positions
   * @param stride distance of positions; of a single one no more than the padding has room for
   * @param dilation distance of taps; 1 for a single one
   * @param padBegin padding before the first element
   * @param padEnd padding after the last
   */
  public record Extent(int in, int out, int stride, int dilation, int padBegin, int padEnd) {

    /** Size of the input with its padding. */
    long padded() {
      return (long) padBegin + in + padEnd;
    }
  }

  private Extent extent(int axis, int in) {
    int stride = strides.get(axis);
    int dilation = dilations.get(axis);
    long reach = (long) dilation * (kernel.get(axis) - 1) + 1;
    long begin = pads.get(axis);
    long end = pads.get(axis + axes());
    if (autoPad != AutoPad.NOTSET) {
      long total = automatic(in, stride, reach);
      begin = autoPad == AutoPad.SAME_UPPER ? total / 2 : total - total / 2;
      end = total - begin;
    }
    long room = in + begin + end - reach;
    if (room < 0) {
      throw doesNotFit(axis, in, begin, end);
    }
    long out = (ceilMode ? (room + stride - 1) / stride : room / stride) + 1;
    if (ceilMode && (out - 1) * stride >= in + begin) {
      // A window that would start in the end padding is dropped (ONNX since opset 19, PyTorch).
      out--;
    }
    if (begin > Integer.MAX_VALUE / 4 || end > Integer.MAX_VALUE / 4) {
      throw new ShapeException("pads of " + begin + " and " + end + " are out of range");
    }
    // What never moves a window or a tap may be any number, and takes part in products below.
    int step = out == 1 ? (int) Math.min(stride, room + 1) : stride;
    int distance = kernel.get(axis) == 1 ? 1 : dilation;
    return new Extent(in, (int) out, step, distance, (int) begin, (int) end);
  }

  /** Padding at both ends together. */
  private long automatic(int in, int stride, long reach) {
    if (autoPad == AutoPad.VALID) {
      return 0;
    }
    long out = (in + (long) stride - 1) / stride;
    return Math.max(0, (out - 1) * stride + reach - in);
  }

  private ShapeException doesNotFit(int axis, int in, long begin, long end) {
    int dilation = dilations.get(axis);
    return new ShapeException(
        "a kernel of "
            + kernel.get(axis)
            + (dilation > 1 ? " with dilation " + dilation : "")
            + " does not fit an input of "
            + in
            + " with pads "
            + begin
            + " and "
            + end
            + "; use a larger image");
  }
}
