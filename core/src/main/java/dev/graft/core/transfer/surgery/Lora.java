package dev.graft.core.transfer.surgery;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank adapters (Hu et al., "LoRA", ICLR 2022, equation 3): beside a layer {@code W x} whose
 * weight stays as it is comes a narrow one, {@code W x + B A x} with {@code A [r,…]} and {@code B
 * [O,r]}. A starts from {@link Op#initializer its operation's} random numbers and B from 0, so that
 * the adapted network gives what the given one gives, to the bit.
 *
 * <p>The adapter's part is added behind what the kernels fold into the layer: its bias, and a
 * BatchNormalization, which must stay as it is. A merged weight is therefore {@code W + B A /
 * factor} with the factor of that normalisation.
 */
public final class Lora {

  private static final String DOWN = ".lora_A";
  private static final String UP = ".lora_B";
  private static final String ADD = ".lora_add";
  private static final String GIVEN = ".lora_given";

  /**
   * A layer with an adapter.
   *
   * @param layer with its weight as the second input
   * @param norm a BatchNormalization right behind it; null for none
   * @param joint the value that the adapter's part is added to
   */
  private record Site(Node layer, @Nullable Node norm, String joint) {

    String weight() {
      return layer.inputs().get(1);
    }

    String down() {
      return weight() + DOWN;
    }

    String up() {
      return weight() + UP;
    }
  }

  private final List<Site> sites;
  private final Model adapted;
  private final Set<String> given;

  private Lora(List<Site> sites, Model adapted, Set<String> given) {
    this.sites = List.copyOf(sites);
    this.adapted = adapted;
    this.given = Set.copyOf(given);
  }

  /**
   * Puts adapters beside every convolution that is not grouped and every product with a stored
   * matrix, except for the head, what {@code frozen} freezes, weights that several layers share,
   * and layers behind which a normalisation multiplies a unit by 0: no weight could give what an
   * adapter gives there.
   *
   * @param rank r, at least 1; a layer with fewer inputs or units gets as many
   * @param seed of A
   * @throws GraphException if there is no such layer, no head that can be told, or the rank is
   *     below 1
   */
  public static Lora of(Model model, FreezeMask frozen, int rank, long seed) {
    if (rank < 1) {
      throw new GraphException("an adapter has a rank of at least 1, found " + rank);
    }
    Graph graph = model.graph();
    Set<String> free = frozen.trainable(graph);
    Head head = model.head();
    List<Site> sites = new ArrayList<>();
    for (Node node : graph.nodes()) {
      boolean isWanted = isAdaptable(graph, node) && free.contains(node.inputs().get(1));
      if (isWanted && !node.equals(head.layer())) {
        Site site = site(graph, node);
        if (Arrays.stream(factors(site, model)).noneMatch(factor -> factor == 0)) {
          sites.add(site);
        }
      }
    }
    if (sites.isEmpty()) {
      throw new GraphException(
          "no layer can have an adapter: expected a convolution that is not grouped, or a product"
              + " with a stored matrix, before the head and not frozen");
    }
    Set<String> given = new LinkedHashSet<>(free);
    given.removeAll(FreezeMask.allBut(head).trainable(graph));
    given.addAll(frozenBy(graph, free));
    return new Lora(sites, adapted(model, sites, rank, seed), given);
  }

  private static Set<String> frozenBy(Graph graph, Set<String> free) {
    Set<String> frozen = new HashSet<>(FreezeMask.NONE.trainable(graph));
    frozen.removeAll(free);
    return frozen;
  }

  private static boolean isAdaptable(Graph graph, Node node) {
    if (node.inputs().size() < 2) {
      return false;
    }
    String weight = node.inputs().get(1);
    Shape shape = graph.stored().get(weight);
    boolean isLayer =
        node.op() instanceof Conv conv
            ? conv.groups() == 1
            : node.op() instanceof Gemm || node.op() instanceof MatMul;
    return isLayer
        && shape != null
        && shape.rank() >= 2
        && (node.op() instanceof Conv || shape.rank() == 2)
        && graph.consumers(weight).size() == 1
        && !graph.stored().containsKey(node.inputs().get(0));
  }

  /** Behind a bias or a normalisation that nothing else reads the layer without. */
  private static Site site(Graph graph, Node layer) {
    String joint = layer.output();
    List<Node> readers = graph.consumers(joint);
    if (readers.size() == 1 && !graph.outputs().contains(joint)) {
      Node next = readers.get(0);
      boolean isNorm =
          next.op() instanceof BatchNormalization
              && next.inputs().get(0).equals(joint)
              && layer.op() instanceof Conv;
      boolean isBias =
          next.op() instanceof Add
              && layer.op().leavesBias()
              && next.inputs().stream().anyMatch(graph.stored()::containsKey);
      if (isNorm || isBias) {
        return new Site(layer, isNorm ? next : null, next.output());
      }
    }
    return new Site(layer, null, joint);
  }

  private static Model adapted(Model model, List<Site> sites, int rank, long seed) {
    Graph graph = model.graph();
    Map<String, Tensor> fresh = new LinkedHashMap<>();
    Map<String, List<Node>> before = new HashMap<>();
    Map<String, Node> behind = new HashMap<>();
    for (Site site : sites) {
      Node layer = site.layer;
      Shape weight = graph.stored().get(site.weight());
      int[] sides = sides(layer.op(), weight);
      int r = Math.min(rank, Math.min(sides[0], sides[1]));
      Op down = layer.op();
      Op up = new MatMul();
      Shape a = Shape.of(sides[1], r);
      Shape b = Shape.of(r, sides[0]);
      if (down instanceof Conv) {
        up = new Conv(Window.square(1, 1, 0), 1);
        a = weight.with(0, r);
        b = Shape.of(sides[0], r, 1, 1);
      } else if (down instanceof Gemm gemm) {
        down = new Gemm(1, 1, gemm.transposeA(), true);
        up = new Gemm(gemm.alpha(), 1, false, true);
        a = Shape.of(r, sides[1]);
        b = Shape.of(sides[0], r);
      }
      fresh.put(site.down(), down.initializer(1, a).draw(a, Rng.key(seed, site.down())));
      fresh.put(site.up(), Initializer.ZEROS.draw(b, 0));
      String narrow = site.down() + ".output";
      String part = site.up() + ".output";
      before.put(
          layer.name(),
          List.of(
              new Node(
                  layer.name() + DOWN,
                  down,
                  List.of(layer.inputs().get(0), site.down()),
                  List.of(narrow)),
              new Node(layer.name() + UP, up, List.of(narrow, site.up()), List.of(part))));
      behind.put(
          site.joint,
          new Node(
              layer.name() + ADD,
              new Add(),
              List.of(site.joint + GIVEN, part),
              List.of(site.joint)));
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      nodes.addAll(before.getOrDefault(node.name(), List.of()));
      Node add = node.outputs().isEmpty() ? null : behind.get(node.outputs().get(0));
      nodes.add(add == null ? node : renamed(node, node.output() + GIVEN));
      if (add != null) {
        nodes.add(add);
      }
    }
    Weights weights = model.weights().with(fresh);
    Graph changed = new Graph(graph.inputs(), Model.shapesOf(weights), nodes, graph.outputs());
    return new Model(changed, weights, model.metadata());
  }

  private static Node renamed(Node node, String output) {
    List<String> outputs = new ArrayList<>(node.outputs());
    outputs.set(0, output);
    return new Node(node.name(), node.op(), node.inputs(), outputs);
  }

  /** Units and inputs of a weight. */
  private static int[] sides(Op op, Shape weight) {
    boolean unitsFirst = op instanceof Conv || (op instanceof Gemm gemm && gemm.transposeB());
    return unitsFirst
        ? new int[] {weight.size(0), weight.elements(1, weight.rank())}
        : new int[] {weight.size(1), weight.size(0)};
  }

  /** The network with its adapters. */
  public Model model() {
    return adapted;
  }

  /** Freezes everything but the adapters and the head. */
  public FreezeMask frozen() {
    return FreezeMask.of(given);
  }

  /** The adapters alone, as {@link PartialImport} reads them into such a network again. */
  public Weights adapters(Model trained) {
    Set<String> names = new LinkedHashSet<>();
    for (Site site : sites) {
      names.add(site.down());
      names.add(site.up());
    }
    return trained.weights().only(names);
  }

  /**
   * The trained network without adapters: what they learnt is in the weights.
   *
   * @param trained the adapted network, perhaps with another head
   */
  public Model merged(Model trained) {
    Map<String, Tensor> merged = new HashMap<>();
    Set<String> gone = new HashSet<>();
    Set<String> joints = new HashSet<>();
    for (Site site : sites) {
      merged.put(site.weight(), merged(site, trained));
      gone.addAll(List.of(site.layer.name() + DOWN, site.layer.name() + UP));
      gone.add(site.layer.name() + ADD);
      joints.add(site.joint + GIVEN);
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : trained.graph().nodes()) {
      if (!gone.contains(node.name())) {
        String output = node.outputs().isEmpty() ? "" : node.outputs().get(0);
        nodes.add(
            joints.contains(output)
                ? renamed(node, output.substring(0, output.length() - GIVEN.length()))
                : node);
      }
    }
    Map<String, Tensor> kept = new LinkedHashMap<>(trained.weights().with(merged).asMap());
    kept.keySet().removeAll(adapters(trained).names());
    Weights weights = Weights.of(kept);
    Graph graph =
        new Graph(
            trained.graph().inputs(), Model.shapesOf(weights), nodes, trained.graph().outputs());
    return new Model(graph, weights, trained.metadata());
  }

  /** {@code W + B A / factor}, in double precision. */
  private static Tensor merged(Site site, Model trained) {
    Tensor weight = trained.weights().get(site.weight());
    float[] w = weight.toArray().clone();
    float[] a = trained.weights().get(site.down()).toArray();
    float[] b = trained.weights().get(site.up()).toArray();
    Op op = site.layer.op();
    int[] sides = sides(op, weight.shape());
    int units = sides[0];
    int inputs = sides[1];
    int rank = a.length / inputs;
    boolean isMatMul = op instanceof MatMul;
    boolean unitsFirst = !(isMatMul || (op instanceof Gemm gemm && !gemm.transposeB()));
    double[] factors = factors(site, trained);
    for (int o = 0; o < units; o++) {
      for (int i = 0; i < inputs; i++) {
        double sum = 0;
        for (int k = 0; k < rank; k++) {
          double up = isMatMul ? b[k * units + o] : b[o * rank + k];
          double down = isMatMul ? a[i * rank + k] : a[k * inputs + i];
          sum += up * down;
        }
        int at = unitsFirst ? o * inputs + i : i * units + o;
        w[at] = (float) (w[at] + sum / factors[o]);
      }
    }
    return Tensor.of(weight.shape(), w);
  }

  /** What the normalisation behind a layer multiplies each unit by; 1 where there is none. */
  private static double[] factors(Site site, Model model) {
    int units = sides(site.layer.op(), model.weights().get(site.weight()).shape())[0];
    double[] factors = new double[units];
    Arrays.fill(factors, 1);
    Node norm = site.norm;
    if (norm != null) {
      float[] scale = model.weights().get(norm.inputs().get(1)).toArray();
      float[] variance = model.weights().get(norm.inputs().get(4)).toArray();
      double epsilon = ((BatchNormalization) norm.op()).epsilon();
      Arrays.setAll(factors, o -> scale[o] / Math.sqrt(variance[o] + epsilon));
    }
    return factors;
  }
}
