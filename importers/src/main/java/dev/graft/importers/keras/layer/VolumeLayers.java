package dev.graft.importers.keras.layer;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Layers over three spatial axes, made of operations over two: see {@link Volume}. */
final class VolumeLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("Conv3D", VolumeLayers::convolution).with(KerasLayer::kernelAndBias),
          pooling("MaxPooling3D", MaxPool::new).alias("MaxPool3D"),
          pooling("AveragePooling3D", w -> new AveragePool(w, false)).alias("AvgPool3D"),
          global("GlobalMaxPooling3D", new GlobalMaxPool()).alias("GlobalMaxPool3D"),
          global("GlobalAveragePooling3D", new GlobalAveragePool()).alias("GlobalAvgPool3D"));

  private VolumeLayers() {}

  /** What a window over three axes does along some of them. */
  private static Window part(Window3 all, int from, int to) {
    int axes = to - from;
    return new Window(
        all.kernel.subList(from, to),
        all.strides.subList(from, to),
        all.dilations.subList(from, to),
        Collections.nCopies(2 * axes, 0),
        all.pad,
        false);
  }

  private record Window3(
      List<Integer> kernel, List<Integer> strides, List<Integer> dilations, AutoPad pad) {

    static Window3 of(LayerConfig config, String size, boolean pools) {
      List<Integer> kernel = config.integers(size, 3, 2);
      boolean own = pools && !config.has("strides");
      return new Window3(
          kernel,
          own ? kernel : config.integers("strides", 3, 1),
          config.integers("dilation_rate", 3, 1),
          config.text("padding", "valid").equals("same") ? AutoPad.SAME_UPPER : AutoPad.VALID);
    }
  }

  /** For each plane of the kernel a convolution of all planes that it meets; their sum. */
  private static String convolution(LayerCursor layer) {
    LayerConfig config = layer.config();
    if (config.integer("groups", 1) != 1) {
      throw layer.unsupported("a Conv3D in groups");
    }
    Window3 window = Window3.of(config, "kernel_size", false);
    int filters = config.integer("filters");
    Volume x = Volume.of(layer, layer.input());
    Window.Extent deep = part(window, 0, 1).horizontal(Shape.of(1, 1, x.depth()));
    String padded = x.paddedDepth(layer, deep.padBegin(), deep.padEnd());
    List<String> taps = taps(layer, window.kernel, x.channels(), filters);
    Conv conv = new Conv(part(window, 1, 3), 1);
    String sum = "";
    for (int tap = 0; tap < taps.size(); tap++) {
      long start = (long) tap * deep.dilation();
      long end = start + (long) (deep.out() - 1) * deep.stride() + 1;
      Slice met =
          new Slice(List.of(start), List.of(end), List.of(1), List.of((long) deep.stride()));
      String planes = Volume.planes(layer, layer.step("slice", met, padded));
      boolean biased = tap == 0 && config.bool("use_bias", true);
      String y =
          biased
              ? layer.step("", conv, planes, taps.get(0), layer.weight("bias", Shape.of(filters)))
              : layer.step("plane", conv, planes, taps.get(tap));
      sum = tap == 0 ? y : layer.step("sum", new Add(), sum, y);
    }
    return Activations.apply(layer, Volume.unfolded(layer, sum, deep.out()));
  }

  /** Each plane of the kernel {@code [kD,kH,kW,in,out]} as one of a convolution over two axes. */
  private static List<String> taps(LayerCursor layer, List<Integer> kernel, int in, int out) {
    List<String> taps = new ArrayList<>();
    Shape plane = Shape.of(kernel.get(1), kernel.get(2), in, out);
    for (int tap = 0; tap < kernel.get(0); tap++) {
      int first = tap * plane.elements();
      taps.add(
          layer.weight(
              "kernel." + tap,
              () -> {
                Shape whole = Shape.of(kernel.get(0), kernel.get(1), kernel.get(2), in, out);
                float[] all = Kernels.read(layer, "kernel", 3, whole).toArray();
                float[] part = new float[plane.elements()];
                System.arraycopy(all, first, part, 0, part.length);
                return Permuted.of(Tensor.of(plane, part), 3, 2, 0, 1);
              }));
    }
    return taps;
  }

  /** First within the planes, then along the depth: with all planes of a sample in one image. */
  private static KerasLayer pooling(String name, Function<Window, Op> op) {
    return KerasLayer.of(
        name,
        layer -> {
          Window3 window = Window3.of(layer.config(), "pool_size", true);
          Volume x = Volume.of(layer, layer.input());
          String planes =
              layer.step("planes", op.apply(part(window, 1, 3)), Volume.planes(layer, x.value()));
          Volume pooled = Volume.of(layer, Volume.unfolded(layer, planes, x.depth()));
          return pooled.alongDepth(layer, op.apply(part(window, 0, 1)));
        });
  }

  private static KerasLayer global(String name, Op op) {
    return KerasLayer.of(
        name,
        layer -> {
          if (layer.config().bool("keepdims", false)) {
            throw layer.unsupported("keepdims");
          }
          String y = layer.emit(op, layer.channelsFirst(layer.input()));
          return layer.step("flatten", new Flatten(1), y);
        });
  }
}
