package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BlockedKernels;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which steps of a forward pass work on {@link BlockedKernels blocks of channels}. Whatever
 * has such a kernel could; between a value in blocks and a step that wants it planar, or the other
 * way round, stands a pass over memory. So steps that would hand each other values in blocks stand
 * or fall together: they work on blocks if their convolutions have enough to do for each element
 * that is put into another order at the group's edge.
 */
final class Layouts {

  /**
   * Multiply-adds for each reordered element that pay for the reordering, which takes some
   * nanosecond; a convolution on blocks gains 0.01 to 0.03 on each multiply-add.
   */
  private static final long WORTH = 100;

  private final @Nullable BlockedKernels kernels;
  private final int capacity;
  private final Flow flow;
  private final Fusion fusion;
  private final Map<String, Place> places = new HashMap<>();
  private final Set<Flow.Visit> blocked = new HashSet<>();

  /**
   * A step that could work on blocks.
   *
   * @param visit where it runs: the last of its group
   * @param inBlocks inputs that it wants in blocks
   * @param either inputs that it reads in any layout
   * @param writesBlocks whether its output lies in blocks
   */
  private record Place(
      Flow.Visit visit,
      List<String> inBlocks,
      List<String> either,
      boolean writesBlocks,
      long multiplyAdds) {

    String output() {
      return visit.node().output();
    }
  }

  /**
   * @param training whether backward follows, whose kernels are planar
   */
  Layouts(Backend backend, Flow flow, Fusion fusion, boolean training) {
    this.kernels = training ? null : backend.blocked();
    this.capacity = backend.maxAllocation();
    this.flow = flow;
    this.fusion = fusion;
    if (kernels == null) {
      return;
    }
    for (Flow.Visit visit : flow.visits()) {
      Fusion.Group group = fusion.of(visit);
      Place place =
          group == null ? place(visit) : visit == group.last() ? place(kernels, group) : null;
      if (place != null) {
        places.put(place.output(), place);
      }
    }
    for (List<Place> group : groups()) {
      if (pays(group)) {
        group.forEach(place -> blocked.add(place.visit()));
      }
    }
  }

  /** Whether a step works on blocks, given the node where it runs. */
  boolean isBlocked(Flow.Visit visit) {
    return blocked.contains(visit);
  }

  /** Whether the output of a step that works on blocks lies in blocks. */
  boolean writesBlocks(Flow.Visit visit) {
    return !(visit.op() instanceof GlobalAveragePool);
  }

  /** Whether a step that works on blocks wants {@code input} in blocks, and not planar. */
  boolean readsBlocks(Flow.Visit visit, String input) {
    Place place = places.get(visit.node().output());
    return place != null && place.inBlocks().contains(input);
  }

  /** Whether a convolution that works on blocks can read a planar input. */
  boolean readsEither(Flow.Visit visit) {
    Place place = places.get(visit.node().output());
    return place != null && !place.either().isEmpty();
  }

  private @Nullable Place place(BlockedKernels kernels, Fusion.Group group) {
    Node node = group.first().node();
    if (!(group.first().op() instanceof Conv conv) || !fits(group.last().node().output())) {
      return null;
    }
    var g = conv.geometry(flow.shape(node.inputs().get(0)), flow.shape(node.inputs().get(1)));
    Epilogue epilogue = PackedKernel.epilogue(group);
    if (!kernels.suits(g, epilogue)) {
      return null;
    }
    List<String> inBlocks = new ArrayList<>();
    List<String> either = new ArrayList<>();
    (kernels.readsPlanar(g) ? either : inBlocks).add(node.inputs().get(0));
    if (group.residualName() != null) {
      inBlocks.add(group.residualName());
    }
    long adds = conv.multiplyAdds(flow.inputShapes(node));
    return new Place(group.last(), inBlocks, either, true, adds);
  }

  private @Nullable Place place(Flow.Visit visit) {
    List<String> inputs = visit.node().inputs();
    if (visit.op() instanceof Mul) {
      String scaled = scaled(visit.node());
      return scaled != null && fits(scaled)
          ? new Place(visit, List.of(scaled), List.of(), true, 0)
          : null;
    }
    return runsOnBlocks(visit) && inputs.stream().allMatch(this::fits)
        ? new Place(visit, inputs, List.of(), !(visit.op() instanceof GlobalAveragePool), 0)
        : null;
  }

  /** The image of which each channel is multiplied by a number of its own; null for none. */
  private @Nullable String scaled(Node product) {
    String a = product.inputs().get(0);
    String b = product.inputs().get(1);
    if (!isImage(a) || !isImage(b)) {
      return null;
    }
    Shape y = flow.shape(product.output());
    Shape channels = y.with(2, 1).with(3, 1);
    return flow.shape(a).equals(y) && flow.shape(b).equals(channels)
        ? a
        : flow.shape(b).equals(y) && flow.shape(a).equals(channels) ? b : null;
  }

  /** Operations beside convolutions that {@link BlockedSteps} knows. */
  private boolean runsOnBlocks(Flow.Visit visit) {
    Op op = visit.op();
    List<String> inputs = visit.node().inputs();
    if (!inputs.stream().allMatch(this::isImage)) {
      return false;
    }
    if (op instanceof MaxPool || op instanceof GlobalAveragePool || op instanceof Elementwise) {
      return true;
    }
    if (op instanceof Add) {
      return flow.shape(inputs.get(0)).equals(flow.shape(inputs.get(1)));
    }
    if (op.isView()) {
      return flow.shape(inputs.get(0)).equals(flow.shape(visit.node().output()));
    }
    return op instanceof Concat concat
        && flow.shape(visit.node().output()).axis(concat.axis()) == 1
        && inputs.stream().allMatch(input -> flow.shape(input).size(1) % lanes() == 0);
  }

  private boolean isImage(String value) {
    return !value.isEmpty()
        && flow.fact(value).isFloat()
        && !flow.isStored(value)
        && flow.shape(value).rank() == 4
        && flow.shape(value).elements() > 0;
  }

  private boolean fits(String value) {
    Shape shape = flow.shape(value);
    return shape.rank() == 4 && Slot.blockedElements(shape, lanes()) <= capacity;
  }

  private int lanes() {
    return kernels == null ? 1 : kernels.lanes();
  }

  /** Steps that hand each other values in blocks, directly or by others. */
  private Collection<List<Place>> groups() {
    Map<Place, Place> above = new HashMap<>();
    for (Place reader : places.values()) {
      for (String input : joined(reader)) {
        Place writer = places.get(input);
        if (writer != null && writer.writesBlocks()) {
          above.put(root(above, reader), root(above, writer));
        }
      }
    }
    Map<Place, List<Place>> groups = new HashMap<>();
    for (Place place : places.values()) {
      groups.computeIfAbsent(root(above, place), p -> new ArrayList<>()).add(place);
    }
    return groups.values();
  }

  private static Place root(Map<Place, Place> above, Place place) {
    Place root = place;
    for (Place next = above.get(root); next != null && next != root; next = above.get(root)) {
      root = next;
    }
    return root;
  }

  private static List<String> joined(Place place) {
    List<String> inputs = new ArrayList<>(place.inBlocks());
    inputs.addAll(place.either());
    return inputs;
  }

  private boolean pays(List<Place> group) {
    Set<Flow.Visit> members = new HashSet<>();
    group.forEach(place -> members.add(place.visit()));
    Set<String> reordered = new HashSet<>();
    long adds = 0;
    for (Place place : group) {
      adds += place.multiplyAdds();
      for (String input : place.inBlocks()) {
        Place writer = places.get(input);
        if (writer == null || !writer.writesBlocks()) {
          reordered.add(input);
        }
      }
    }
    for (Flow.Visit visit : flow.visits()) {
      if (members.contains(step(visit))) {
        continue;
      }
      for (String input : visit.node().inputs()) {
        Place writer = places.get(input);
        if (writer != null && members.contains(writer.visit()) && writer.writesBlocks()) {
          reordered.add(input);
        }
      }
    }
    long elements = reordered.stream().mapToLong(value -> flow.shape(value).elements()).sum();
    return adds > WORTH * elements;
  }

  /** The node where what {@code visit} is a part of runs. */
  private Flow.Visit step(Flow.Visit visit) {
    Fusion.Group group = fusion.of(visit);
    return group == null ? visit : group.last();
  }
}
