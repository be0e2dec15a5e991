package dev.graft.importers.keras.layer;

import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A value {@code [N,D,H,W,C]} with all sizes known but that of the samples. Its planes are {@code
 * [N D,C,H,W]}: what works over two axes works on each of them.
 */
record Volume(String value, int depth, int height, int width, int channels) {

  private static final int RANK = 5;

  /** An input of a layer, channels last whatever its config has. */
  static Volume of(LayerCursor layer, String x) {
    if (layer.config().channelsFirst()) {
      throw layer.unsupported("channels_first over three axes");
    }
    Shape s = layer.shape(x);
    return new Volume(x, s.size(1), s.size(2), s.size(3), s.size(4));
  }

  /** With zeros before and behind the depth. */
  String paddedDepth(LayerCursor layer, int before, int behind) {
    if (before == 0 && behind == 0) {
      return value;
    }
    List<Integer> pads = new ArrayList<>(Collections.nCopies(2 * RANK, 0));
    pads.set(1, before);
    pads.set(RANK + 1, behind);
    return layer.step("pad", BorderLayers.zeros(pads), value);
  }

  /** {@code [N,D,H,W,C]} to {@code [N D,C,H,W]}. */
  static String planes(LayerCursor layer, String x) {
    Volume v = of(layer, x);
    String folded = layer.step("fold", new Reshape(List.of(-1, v.height, v.width, v.channels)), x);
    return layer.step("channels_first", new Transpose(LayerCursor.toFirst(4)), folded);
  }

  /** {@code [N D,C,H,W]} to {@code [N,D,H,W,C]}. */
  static String unfolded(LayerCursor layer, String planes, int depth) {
    String last = layer.step("channels_last", new Transpose(LayerCursor.toLast(4)), planes);
    Shape s = layer.shape(last);
    return layer.step(
        "unfold", new Reshape(List.of(-1, depth, s.size(1), s.size(2), s.size(3))), last);
  }

  /** An operation over one axis, {@code [N,C,L]}, along the depth. */
  String alongDepth(LayerCursor layer, Op op) {
    String rows =
        layer.step("rows", new Reshape(List.of(-1, depth, height * width * channels)), value);
    String first = layer.step("depth_last", new Transpose(List.of(0, 2, 1)), rows);
    String y = layer.emit(op, first);
    String back = layer.step("depth_first", new Transpose(List.of(0, 2, 1)), y);
    int out = layer.shape(back).size(1);
    return layer.step("volume", new Reshape(List.of(-1, out, height, width, channels)), back);
  }
}
