package dev.graft.bench.gpu;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import java.util.Map;

/** One pass of a convolution without bias. */
record ConvolutionWork(Pass pass, ConvGeometry geometry) implements Work {

  /** Which of the three products it is. */
  enum Pass {
    FORWARD("conv-forward"),
    INPUT("conv-grad-input"),
    WEIGHT("conv-grad-weight");

    private final String work;

    Pass(String work) {
      this.work = work;
    }
  }

  /** A square convolution that keeps the size of the picture, but for its stride. */
  static ConvolutionWork of(
      Pass pass, int batch, int in, int size, int out, int kernel, int stride) {
    int pad = kernel / 2;
    return new ConvolutionWork(
        pass,
        new ConvGeometry(
            batch, in, size, size, out, 1, kernel, kernel, stride, stride, 1, 1, pad, pad, pad,
            pad));
  }

  @Override
  public String work() {
    return pass.work;
  }

  /** Such as {@code 3x3/2 128>256 56x56}: kernel, stride where not 1, channels, input's size. */
  @Override
  public String shape() {
    ConvGeometry g = geometry;
    String stride = g.strideHeight() == 1 ? "" : "/" + g.strideHeight();
    return "%dx%d%s %d>%d %dx%d"
        .formatted(
            g.kernelHeight(),
            g.kernelWidth(),
            stride,
            g.inChannels(),
            g.outChannels(),
            g.inHeight(),
            g.inWidth());
  }

  @Override
  public Integer batch() {
    return geometry.batch();
  }

  @Override
  public Cost cost() {
    return Cost.convolution(geometry);
  }

  @Override
  public Map<String, Object> task() {
    ConvGeometry g = geometry;
    return Map.of(
        "work",
        work(),
        "x",
        new int[] {g.batch(), g.inChannels(), g.inHeight(), g.inWidth()},
        "w",
        new int[] {g.outChannels(), g.inChannels(), g.kernelHeight(), g.kernelWidth()},
        "stride",
        g.strideHeight(),
        "pad",
        g.padTop());
  }

  @Override
  public Runnable on(Backend backend) {
    ConvGeometry g = geometry;
    int inputs = g.batch() * g.inChannels() * g.inPlane();
    int weights = g.outChannels() * g.patch();
    int outputs = g.batch() * g.outChannels() * g.outPlane();
    Buffer x = operand(backend, inputs, 1, pass == Pass.INPUT);
    Buffer w = operand(backend, weights, 2, pass == Pass.WEIGHT);
    Buffer y = operand(backend, outputs, 3, pass == Pass.FORWARD);
    return switch (pass) {
      case FORWARD -> () -> backend.convolution(g, x, w, null, y);
      case INPUT -> () -> backend.convolutionGradientInput(g, y, w, x);
      case WEIGHT -> () -> backend.convolutionGradientWeight(g, x, y, w);
    };
  }

  private static Buffer operand(Backend backend, int elements, long key, boolean result) {
    return result ? backend.allocate(elements) : Work.random(backend, elements, key);
  }
}
