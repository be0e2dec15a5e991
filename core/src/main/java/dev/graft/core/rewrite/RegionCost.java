package dev.graft.core.rewrite;

import dev.graft.core.graph.Node;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;

/**
 * How many elements the Transposes around a {@link Region} move, as it is and in the other order.
 */
final class RegionCost {

  /** Stands for a size that is open; the batch is the same everywhere and counts once. */
  private static final long OPEN = 32;

  private final GraphEdit graph;
  private final Region region;
  private long before;
  private long after;

  private RegionCost(GraphEdit graph, Region region) {
    this.graph = graph;
    this.region = region;
  }

  /** Whether fewer elements are moved in the other order. */
  static boolean falls(GraphEdit graph, Region region) {
    RegionCost cost = new RegionCost(graph, region);
    for (String value : region.values()) {
      if (!cost.count(value)) {
        return false;
      }
    }
    return cost.after < cost.before;
  }

  /** Counts what comes in and goes out with a value; false where that cannot be told. */
  private boolean count(String value) {
    Shape shape = graph.fact(value).shape();
    Node producer = graph.producer(value);
    boolean kept = region.isKept(value);
    boolean outside = false;
    if (producer != null && producer.op() instanceof Transpose) {
      String source = producer.inputs().get(0);
      if (region.values().contains(source)) {
        return false;
      }
      AxisOrder own = Region.order(graph, producer);
      Shape read = graph.fact(source).shape();
      before += moving(own, read);
      after += moving(region.order().inverse().after(own), read);
      after += kept ? moving(own, read) : 0;
    } else if (region.yields(producer)) {
      after += kept ? moving(region.order(), region.moved(shape)) : 0;
    } else {
      outside = true;
      after += region.isRead(value) ? moving(region.order().inverse(), shape) : 0;
    }
    for (Node transpose : region.transposes(value)) {
      AxisOrder own = Region.order(graph, transpose);
      AxisOrder left = own.after(region.order());
      before += moving(own, shape);
      if (!outside) {
        after += moving(left, region.moved(shape));
      } else if (!left.isUnchanged() || !region.isRead(value)) {
        after += moving(own, shape);
      }
    }
    return true;
  }

  private static long moving(AxisOrder order, Shape shape) {
    if (order.keepsElements(shape)) {
      return 0;
    }
    long elements = 1;
    for (Size size : shape.dims()) {
      long factor = size.isKnown() ? size.known() : size.equals(Size.BATCH) ? 1 : OPEN;
      // A bound, so that nothing overflows: at most 2^31 times 32 for each of few axes.
      elements = Math.min(Integer.MAX_VALUE, elements * factor);
    }
    return elements;
  }
}
