package dev.graft.kernels.opencl.elementwise;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.FunctionSource;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import java.util.EnumMap;
import java.util.Map;

/** {@code elementwise.cl}, the functions of {@link UnaryOp}, and {@code random.cl}. */
public final class Elementwise {

  private static final String FILE = "elementwise+" + Programs.FUNCTIONS;

  private final Map<UnaryOp, DeviceKernel> unary = new EnumMap<>(UnaryOp.class);
  private final Map<UnaryOp, DeviceKernel> gradient = new EnumMap<>(UnaryOp.class);
  private final Map<BinaryOp, DeviceKernel> binary = new EnumMap<>(BinaryOp.class);
  private final DeviceKernel fill;
  private final DeviceKernel axpy;
  private final DeviceKernel dropout;

  public Elementwise(Programs programs) {
    for (UnaryOp op : UnaryOp.values()) {
      unary.put(op, programs.kernel(FILE, "unary_" + FunctionSource.lower(op)));
      gradient.put(op, programs.kernel(FILE, "gradient_" + FunctionSource.lower(op)));
    }
    for (BinaryOp op : BinaryOp.values()) {
      binary.put(op, programs.kernel(FILE, "binary_" + FunctionSource.lower(op)));
    }
    fill = programs.kernel(FILE, "fill");
    axpy = programs.kernel(FILE, "axpy");
    dropout = programs.kernel("random", "dropout");
  }

  public void fill(int n, double value, Buffer y) {
    fill.launch().integer(n).real(value).buffer(y).over(n);
  }

  public void unary(UnaryOp op, double alpha, double beta, int n, Buffer x, Buffer y) {
    Launch launch = unary.get(op).launch();
    launch.integer(n).real(alpha).real(beta).buffer(x).buffer(y).over(n);
  }

  public void unaryGradient(
      UnaryOp op, double alpha, double beta, int n, Buffer saved, Buffer dy, Buffer dx) {
    Launch launch = gradient.get(op).launch();
    launch.integer(n).real(alpha).real(beta).buffer(saved).buffer(dy).buffer(dx).over(n);
  }

  public void binary(
      BinaryOp op, int[] shape, Buffer a, int[] aStrides, Buffer b, int[] bStrides, Buffer y) {
    Axes axes = Axes.of(shape, aStrides, bStrides, dense(shape));
    Launch launch = binary.get(op).launch();
    over(launch.struct(axes.struct()).buffer(a).buffer(b).buffer(y), axes);
  }

  public void axpy(int n, double alpha, Buffer x, Buffer y) {
    axpy.launch().integer(n).real(alpha).buffer(x).buffer(y).over(n);
  }

  public void dropout(int n, double ratio, long key, Buffer x, Buffer y) {
    // uniform >= ratio, in units of 2^-24.
    int least = (int) Math.ceil(ratio * 0x1p24);
    Launch launch = dropout.launch().integer(n).integer(least).real(1 / (1 - ratio)).bits(key);
    launch.buffer(x).buffer(y).over(n);
  }

  /** The two innermost axes by themselves, all others as one. */
  static void over(Launch launch, Axes axes) {
    launch.over(axes.size(0), axes.size(1), axes.elementsFrom(2));
  }

  private static int[] dense(int[] shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }
}
