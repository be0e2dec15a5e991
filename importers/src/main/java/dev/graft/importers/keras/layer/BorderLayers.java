package dev.graft.importers.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Slice;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Layers that add a border of zeros, or cut one off. */
final class BorderLayers {

  static final List<KerasLayer> ALL =
      List.of(
          padding("ZeroPadding1D", 1),
          padding("ZeroPadding2D", 2),
          padding("ZeroPadding3D", 3),
          cropping("Cropping1D", 1),
          cropping("Cropping2D", 2),
          cropping("Cropping3D", 3));

  /** Elements before and behind an axis. */
  private record Border(int before, int behind) {}

  private BorderLayers() {}

  /** One number for all, one for each axis, or two for each. */
  private static List<Border> borders(LayerConfig config, String key, int axes) {
    JsonNode all = config.setting(key);
    if (axes == 1 && all.isArray() && all.size() == 2 && all.get(0).isNumber()) {
      return List.of(border(all, key));
    }
    List<Border> borders = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      if (all.isArray() && all.size() != axes) {
        throw new ImportException(key + " must have a number or two for each of " + axes + " axes");
      }
      borders.add(border(all.isArray() ? all.get(axis) : all, key));
    }
    return borders;
  }

  private static Border border(JsonNode json, String key) {
    if (json.isArray() && json.size() == 2) {
      return new Border(LayerConfig.whole(json.get(0), key), LayerConfig.whole(json.get(1), key));
    }
    int both = LayerConfig.whole(json.isArray() && json.size() == 1 ? json.get(0) : json, key);
    return new Border(both, both);
  }

  /** An operation that adds zeros; {@code pads} as {@link Pad} has them. */
  static Pad zeros(List<Integer> pads) {
    return new Pad(pads, 0);
  }

  private static KerasLayer padding(String name, int axes) {
    return KerasLayer.of(
        name,
        layer -> {
          int rank = axes + 2;
          int first = layer.config().channelsFirst() ? 2 : 1;
          List<Integer> pads = new ArrayList<>(Collections.nCopies(2 * rank, 0));
          List<Border> borders = borders(layer.config(), "padding", axes);
          for (int axis = 0; axis < axes; axis++) {
            pads.set(first + axis, borders.get(axis).before);
            pads.set(first + axis + rank, borders.get(axis).behind);
          }
          return layer.emit(zeros(pads), layer.input());
        });
  }

  private static KerasLayer cropping(String name, int axes) {
    return KerasLayer.of(
        name,
        layer -> {
          int first = layer.config().channelsFirst() ? 2 : 1;
          List<Long> starts = new ArrayList<>();
          List<Long> ends = new ArrayList<>();
          List<Integer> cut = new ArrayList<>();
          List<Border> borders = borders(layer.config(), "cropping", axes);
          for (int axis = 0; axis < axes; axis++) {
            Border border = borders.get(axis);
            starts.add((long) border.before);
            ends.add(border.behind == 0 ? Long.MAX_VALUE : -border.behind);
            cut.add(first + axis);
          }
          return layer.emit(
              new Slice(starts, ends, cut, Collections.nCopies(axes, 1L)), layer.input());
        });
  }
}
