package dev.graft.importers.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;

/** {@code x[1:3, …, 0, None]}: slices, single positions, which drop their axis, and new axes. */
final class Indexing {

  private final List<Long> starts = new ArrayList<>();
  private final List<Long> ends = new ArrayList<>();
  private final List<Integer> axes = new ArrayList<>();
  private final List<Long> steps = new ArrayList<>();
  private final List<Integer> dropped = new ArrayList<>();
  private final List<Integer> added = new ArrayList<>();

  private Indexing() {}

  static String read(OperationCall call) {
    LayerCursor layer = call.layer();
    String x = call.tensor(0, "tensor", "x");
    Indexing indexing = new Indexing();
    indexing.parse(call.told(1, "key", "slice_spec"), layer.rank(x));
    return indexing.emit(layer, x);
  }

  private void parse(JsonNode keys, int rank) {
    List<JsonNode> all = new ArrayList<>();
    (keys.isArray() ? keys : List.of(keys)).forEach(all::add);
    int positions = (int) all.stream().filter(key -> !key.isNull() && !isEllipsis(key)).count();
    int axis = 0;
    int out = 0;
    for (JsonNode key : all) {
      if (key.isNull()) {
        added.add(out++);
      } else if (isEllipsis(key)) {
        axis += rank - positions;
        out += rank - positions;
      } else if (key.isNumber()) {
        long at = LayerConfig.whole(key, "an index");
        // The last position ends with the axis.
        slice(axis, at, at == -1 ? Long.MAX_VALUE : at + 1, 1);
        dropped.add(axis++);
      } else {
        JsonNode slice = key.has("config") ? key.path("config") : key;
        long step = bound(slice.path("step"), 1);
        long first = bound(slice.path("start"), step > 0 ? 0 : Long.MAX_VALUE);
        long last = bound(slice.path("stop"), step > 0 ? Long.MAX_VALUE : Long.MIN_VALUE);
        if (first != 0 || last != Long.MAX_VALUE || step != 1) {
          slice(axis, first, last, step);
        }
        axis++;
        out++;
      }
    }
    if (axis > rank) {
      throw new ImportException("indexes " + axis + " axes of a value that has " + rank);
    }
  }

  private static boolean isEllipsis(JsonNode key) {
    return key.path("class_name").asText().equals("__ellipsis__") || key.asText().equals("...");
  }

  private static long bound(JsonNode json, long absent) {
    return json.isNull() || json.isMissingNode() ? absent : LayerConfig.whole(json, "a slice");
  }

  private void slice(int axis, long start, long end, long step) {
    starts.add(start);
    ends.add(end);
    axes.add(axis);
    steps.add(step);
  }

  private String emit(LayerCursor layer, String x) {
    String y = x;
    if (!axes.isEmpty()) {
      if (axes.contains(0)) {
        throw layer.unsupported("indexing the samples");
      }
      y = layer.emit(new Slice(starts, ends, axes, steps), y);
    }
    if (!dropped.isEmpty()) {
      y = layer.step("squeeze", new Squeeze(dropped), y);
    }
    return added.isEmpty() ? y : layer.step("unsqueeze", new Unsqueeze(added), y);
  }
}
