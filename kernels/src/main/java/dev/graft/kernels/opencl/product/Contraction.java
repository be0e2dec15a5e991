package dev.graft.kernels.opencl.product;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.UnaryOp;
import org.jspecify.annotations.Nullable;

/**
 * A batch of matrix products whose operands are read through index arithmetic: {@code C[m, n] = Σ_k
 * A[m, k] B[k, n]}; see {@code contraction.cl}, whose struct this fills.
 *
 * @param left how A is read
 * @param right how B is read
 * @param batch number of products, or groups of a convolution
 * @param image what patches are taken from; where there are none, all sizes are 1
 */
public record Contraction(
    Left left,
    Right right,
    int batch,
    int m,
    int n,
    int k,
    Strides strides,
    Output output,
    Grid grid,
    Image image) {

  /** How an element of A is found. */
  enum Left {
    ROWS,
    /** Rows of float16. */
    HALVES,
    COLUMNS,
    IMAGES
  }

  /** How an element of B is found. */
  public enum Right {
    ROWS,
    COLUMNS,
    PIXELS,
    PATCHES,
    UNFOLDED
  }

  /**
   * Elements from one row of an operand to the next, from one image to the next, and from one
   * product of the batch to the next.
   */
  public record Strides(int left, int leftImage, int leftBatch, int right, int rightBatch) {}

  /**
   * Where C lies: element {@code (image, y, x)} of row m stands at {@code product batch + m row +
   * image images + first + y stepY + x stepX}, with its bias at {@code product biases + m}.
   */
  record Output(int row, int images, int first, int stepY, int stepX, int batch, int biases) {}

  /** Positions of patches in an image: all of them, and those of a row. */
  public record Grid(int plane, int width) {}

  /** The images that patches are taken from, {@code elements} from the first to the end. */
  public record Image(
      int height,
      int width,
      int plane,
      int next,
      int elements,
      int taps,
      int kernelWidth,
      int strideY,
      int strideX,
      int dilationY,
      int dilationX,
      int padTop,
      int padLeft) {

    static final Image NONE = new Image(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
  }

  public static Contraction of(GemmGeometry g) {
    return new Contraction(
        g.transposeA() ? Left.COLUMNS : Left.ROWS,
        g.transposeB() ? Right.COLUMNS : Right.ROWS,
        g.batch(),
        g.m(),
        g.n(),
        g.k(),
        new Strides(
            g.transposeA() ? g.m() : g.k(),
            0,
            g.strideA(),
            g.transposeB() ? g.k() : g.n(),
            g.strideB()),
        new Output(g.n(), 0, 0, g.n(), 1, g.strideC(), 0),
        new Grid(g.n(), g.n()),
        Image.NONE);
  }

  /** {@code y = conv(x, w)}: A is the weight, B the patches of x. */
  public static Contraction forward(ConvGeometry g) {
    int groupIn = g.inChannels() / g.groups();
    int groupOut = g.outChannels() / g.groups();
    int taps = g.kernelHeight() * g.kernelWidth();
    boolean unpadded = g.padTop() + g.padLeft() + g.padBottom() + g.padRight() == 0;
    // The pixels of a pointwise convolution make one long row.
    boolean flat = g.isPointwise();
    return new Contraction(
        Left.ROWS,
        taps == 1 && unpadded ? Right.PIXELS : Right.PATCHES,
        g.groups(),
        groupOut,
        g.batch() * g.outPlane(),
        groupIn * taps,
        new Strides(groupIn * taps, 0, groupOut * g.patch(), g.inPlane(), groupIn * g.inPlane()),
        new Output(
            g.outPlane(),
            g.outChannels() * g.outPlane(),
            0,
            flat ? g.outPlane() : g.outWidth(),
            1,
            groupOut * g.outPlane(),
            groupOut),
        new Grid(g.outPlane(), flat ? g.outPlane() : g.outWidth()),
        image(g, flat));
  }

  private static Image image(ConvGeometry g, boolean flat) {
    return new Image(
        flat ? 1 : g.inHeight(),
        flat ? g.inPlane() : g.inWidth(),
        g.inPlane(),
        g.inChannels() * g.inPlane(),
        g.batch() * g.inChannels() * g.inPlane(),
        g.kernelHeight() * g.kernelWidth(),
        g.kernelWidth(),
        g.strideHeight(),
        g.strideWidth(),
        g.dilationHeight(),
        g.dilationWidth(),
        g.padTop(),
        g.padLeft());
  }

  /**
   * {@code dx = convᵀ(dy, w)} for the pixels of one {@link Phase}: A is that phase's weights {@code
   * [group, inChannel, outChannel, tap]}, B the patches of dy.
   */
  public static Contraction gradientInput(ConvGeometry g, Phase rows, Phase columns) {
    int groupIn = g.inChannels() / g.groups();
    int groupOut = g.outChannels() / g.groups();
    int taps = rows.taps() * columns.taps();
    // One kernel position, at no distance: dx reads only the pixel of dy at its own place.
    boolean flat = g.isPointwise();
    return new Contraction(
        flat ? Left.COLUMNS : Left.ROWS,
        flat ? Right.PIXELS : Right.PATCHES,
        g.groups(),
        groupIn,
        g.batch() * rows.count() * columns.count(),
        groupOut * taps,
        new Strides(
            flat ? groupIn : groupOut * taps,
            0,
            groupIn * groupOut * taps,
            g.outPlane(),
            groupOut * g.outPlane()),
        new Output(
            g.inPlane(),
            g.inChannels() * g.inPlane(),
            rows.first() * g.inWidth() + columns.first(),
            flat ? g.inPlane() : g.strideHeight() * g.inWidth(),
            g.strideWidth(),
            groupIn * g.inPlane(),
            0),
        new Grid(rows.count() * columns.count(), flat ? g.inPlane() : columns.count()),
        new Image(
            flat ? 1 : g.outHeight(),
            flat ? g.outPlane() : g.outWidth(),
            g.outPlane(),
            g.outChannels() * g.outPlane(),
            g.batch() * g.outChannels() * g.outPlane(),
            Math.max(1, taps),
            Math.max(1, columns.taps()),
            1,
            1,
            rows.dilation(),
            columns.dilation(),
            rows.pad(),
            columns.pad()));
  }

  /** {@code dw = dy · patches(x)ᵀ}, summed over all pixels of all images. */
  public static Contraction gradientWeight(ConvGeometry g) {
    int groupIn = g.inChannels() / g.groups();
    int groupOut = g.outChannels() / g.groups();
    boolean flat = g.isPointwise();
    return new Contraction(
        Left.IMAGES,
        Right.UNFOLDED,
        g.groups(),
        groupOut,
        g.patch(),
        g.batch() * g.outPlane(),
        new Strides(
            g.outPlane(),
            g.outChannels() * g.outPlane(),
            groupOut * g.outPlane(),
            0,
            groupIn * g.inPlane()),
        new Output(g.patch(), 0, 0, 0, 1, groupOut * g.patch(), 0),
        new Grid(g.outPlane(), flat ? g.outPlane() : g.outWidth()),
        image(g, flat));
  }

  /** The same with A stored as float16, in rows. */
  public Contraction halves() {
    return new Contraction(Left.HALVES, right, batch, m, n, k, strides, output, grid, image);
  }

  /** Elements of all results together. */
  public long elements() {
    return (long) batch * m * n;
  }

  /** The struct. */
  public int[] struct(Tiling tiling, Epilogue epilogue) {
    // The grid of dw is that of k, and its columns are dense.
    Divisor plane = Divisor.of(Math.max(1, grid.plane));
    Divisor width = Divisor.of(Math.max(1, grid.width));
    Divisor taps = Divisor.of(image.taps);
    Divisor kernel = Divisor.of(image.kernelWidth);
    return new int[] {
      batch,
      m,
      n,
      k,
      strides.left,
      strides.leftImage,
      strides.right,
      strides.leftBatch,
      strides.rightBatch,
      output.batch,
      output.biases,
      output.row,
      output.images,
      output.first,
      output.stepY,
      output.stepX,
      right == Right.UNFOLDED ? 1 : 0,
      grid.plane,
      grid.width,
      image.height,
      image.width,
      image.plane,
      image.next,
      image.elements,
      image.taps,
      image.kernelWidth,
      image.strideY,
      image.strideX,
      image.dilationY,
      image.dilationX,
      image.padTop,
      image.padLeft,
      tiling.splits(),
      tiling.depth(),
      tiling.rows(),
      tiling.columns(),
      epilogue.bias() ? 1 : 0,
      epilogue.residual() ? 1 : 0,
      code(epilogue.activation()),
      plane.multiplier(),
      plane.shift(),
      width.multiplier(),
      width.shift(),
      taps.multiplier(),
      taps.shift(),
      kernel.multiplier(),
      kernel.shift()
    };
  }

  /**
   * Whether {@code contraction.cl} has a function: each of them takes registers from all products,
   * so that others run in a pass of their own.
   */
  public static boolean fuses(@Nullable UnaryOp op) {
    return op == null || code(op) >= 0;
  }

  /** The number that {@code contraction.cl} knows a function by; -1 for none. */
  static int code(@Nullable UnaryOp op) {
    if (op == null) {
      return -1;
    }
    return switch (op) {
      case AFFINE -> 0;
      case RELU -> 1;
      case LEAKY_RELU -> 2;
      case CLIP -> 3;
      case SIGMOID -> 4;
      case TANH -> 5;
      case EXP -> 6;
      case LOG -> 7;
      case RSQRT -> 8;
      default -> -1;
    };
  }
}
