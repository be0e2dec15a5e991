package dev.graft.importers.keras.layer;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Window;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The windows that layers slide over their inputs. */
final class Windows {

  private Windows() {}

  /** The window of a convolution over so many spatial axes. */
  static Window convolution(LayerConfig config, int axes) {
    return window(
        config,
        config.integers("kernel_size", axes, 0),
        config.integers("strides", axes, 1),
        config.integers("dilation_rate", axes, 1));
  }

  /** The window of a pooling; it moves by its own size where nothing else is said. */
  static Window pooling(LayerConfig config, int axes) {
    List<Integer> size = config.integers("pool_size", axes, 2);
    return window(
        config,
        size,
        config.has("strides") ? config.integers("strides", axes, 1) : size,
        Collections.nCopies(axes, 1));
  }

  private static Window window(
      LayerConfig config, List<Integer> kernel, List<Integer> strides, List<Integer> dilations) {
    List<Integer> pads = new ArrayList<>(Collections.nCopies(2 * kernel.size(), 0));
    String padding = config.text("padding", "valid");
    AutoPad auto =
        switch (padding) {
          // An odd pad goes to the end, at even sizes and at every stride.
          case "same" -> AutoPad.SAME_UPPER;
          case "valid", "causal" -> AutoPad.NOTSET;
          default ->
              throw new ImportException(
                  "the padding " + padding + " is not supported; expected valid, same or causal");
        };
    if (padding.equals("causal")) {
      pads.set(0, (kernel.get(0) - 1) * dilations.get(0));
    }
    return new Window(kernel, strides, dilations, pads, auto, false);
  }
}
