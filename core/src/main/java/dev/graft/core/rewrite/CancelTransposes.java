package dev.graft.core.rewrite;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.AxisOrder;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes Transposes that undo each other, also with operations between them that do not mind the
 * order of axes. A network that keeps channels last, as Keras does, stands around every
 * convolution, pooling and normalisation with a Transpose before and one behind; a residual network
 * of them comes down to one at its input.
 *
 * <p>The graph falls into {@link Region regions} of values that could as well have their axes in
 * another order; a region changes to that order if the Transposes around it then move fewer
 * elements. So no change makes a model slower, and one without such Transposes stays what it is.
 * What the model is fed and returns keeps its order. Sums over several axes may add in another
 * order, so that they differ by rounding.
 */
public final class CancelTransposes implements Rewrite {

  /** Each round moves fewer elements than the one before; real networks take two. */
  private static final int ROUNDS = 16;

  /**
   * Times the nodes of a graph that regions may hold in all: real networks take about ten, and a
   * file that turns one long chain in every order there is shall not take minutes.
   */
  private static final int WORK = 16;

  @Override
  public Rewritten apply(Model model) {
    int before = count(model);
    if (before == 0) {
      return Rewritten.unchanged(model);
    }
    GraphEdit graph = new GraphEdit(model);
    long work = (long) WORK * model.graph().nodes().size();
    simplify(graph);
    for (int round = 0; round < ROUNDS && work > 0; round++) {
      Round changes = new Round(graph, work);
      if (!changes.run()) {
        break;
      }
      work = changes.work;
      simplify(graph);
    }
    transposes(graph).forEach(node -> makeView(graph, node));
    Model changed = graph.finish();
    if (changed == model) {
      return Rewritten.unchanged(model);
    }
    return new Rewritten(
        changed, List.of("Transposes: " + before + " as it was, " + count(changed) + " left"));
  }

  /** How many Transposes a model has. */
  public static int count(Model model) {
    return (int) model.graph().nodes().stream().filter(n -> n.op() instanceof Transpose).count();
  }

  private static List<Node> transposes(GraphEdit graph) {
    return graph.nodes(node -> node.op() instanceof Transpose && isTold(graph, node));
  }

  private static boolean isTold(GraphEdit graph, Node transpose) {
    return graph.fact(transpose.inputs().get(0)) != null;
  }

  /** One walk over all Transposes, in which every region is looked at once. */
  private static final class Round {

    private final GraphEdit graph;
    private final Map<AxisOrder, Set<String>> seen = new HashMap<>();
    private long work;

    Round(GraphEdit graph, long work) {
      this.graph = graph;
      this.work = work;
    }

    /** Whether anything changed. */
    boolean run() {
      boolean any = false;
      for (Node found : transposes(graph)) {
        Node node = graph.node(found.name());
        if (found.equals(node)) {
          AxisOrder order = Region.order(graph, node);
          any |= change(node.output(), order) || change(node.inputs().get(0), order.inverse());
        }
      }
      return any;
    }

    private boolean change(String value, AxisOrder order) {
      Set<String> known = seen.computeIfAbsent(order, k -> new HashSet<>());
      if (work <= 0 || graph.stored(value) != null || !known.add(value)) {
        return false;
      }
      Region region = Region.around(graph, value, order);
      known.addAll(region.values());
      work -= region.values().size() + region.nodes().size();
      if (!RegionCost.falls(graph, region)) {
        return false;
      }
      RegionChange.carryOut(graph, region);
      return true;
    }
  }

  /** Joins Transposes that follow each other, drops those that do nothing or are there twice. */
  private static void simplify(GraphEdit graph) {
    Map<List<Object>, String> first = new HashMap<>();
    for (Node found : transposes(graph)) {
      Node node = graph.node(found.name());
      if (node == null || !(node.op() instanceof Transpose)) {
        continue;
      }
      AxisOrder order = Region.order(graph, node);
      String source = node.inputs().get(0);
      Node before = graph.producer(source);
      if (before != null && before.op() instanceof Transpose && isTold(graph, before)) {
        order = order.after(Region.order(graph, before));
        source = before.inputs().get(0);
        Transpose both = new Transpose(order.places());
        graph.replace(new Node(node.name(), both, List.of(source), node.outputs()));
        graph.drop(before);
      }
      String same = order.isUnchanged() ? source : first.get(List.of(source, order));
      if (same == null || !order.isUnchanged() && graph.producer(same) == null) {
        first.put(List.of(source, order), node.output());
      } else if (!graph.isOutput(node.output())) {
        graph.redirect(node.output(), same);
        graph.drop(graph.node(node.name()));
      } else if (order.isUnchanged()) {
        graph.replace(new Node(node.name(), new Identity(), List.of(source), node.outputs()));
      }
    }
  }

  /**
   * A Transpose that only moves axes of size 1 moves no element: a Reshape, which costs nothing.
   */
  private static void makeView(GraphEdit graph, Node node) {
    Shape shape = graph.fact(node.inputs().get(0)).shape();
    AxisOrder order = Region.order(graph, node);
    List<Integer> target = order.keepsElements(shape) ? target(shape, order.of(shape)) : null;
    if (target != null) {
      graph.replace(node.with(new Reshape(target)));
    }
  }

  private static @Nullable List<Integer> target(Shape from, Shape to) {
    List<Integer> target = new ArrayList<>();
    for (int axis = 0; axis < to.rank(); axis++) {
      Size size = to.dim(axis);
      boolean kept = size.equals(from.dim(axis)) && !size.isKnown();
      target.add(kept ? 0 : size.isKnown() ? (Integer) Math.toIntExact(size.known()) : -1);
      if (size.is(0)) {
        return null;
      }
    }
    return target.stream().filter(size -> size == -1).count() > 1 ? null : target;
  }
}
