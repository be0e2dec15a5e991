package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.graph.Graph;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a graph by compiled plans, one for each batch shape and mode that it meets; they work in the
 * same memory. What {@link EagerExecutor} computes, in less memory and without allocating in a
 * steady step.
 */
public final class PlanExecutor implements Executor {

  /** As many as {@link Plans} keeps: the sizes of batch of a pass, the lengths of texts. */
  private static final int KEPT = 32;

  /** Of a profile, however short. */
  private static final int FEWEST_PASSES = 3;

  private final Plans plans;
  private final @Nullable FrozenTrunk trunk;
  private final boolean reusesOutputs;
  private final List<BoundPlan> bound = new ArrayList<>();
  private @Nullable Arena arena;
  private int backwardSteps;
  private long savedBytes;

  /**
   * @param variables the stored tensors of {@code graph}, on {@code backend}; shared, and changed
   *     by {@link #step}
   * @param trainable names of the parameters whose gradients are wanted
   */
  public PlanExecutor(Graph graph, Variables variables, Backend backend, Set<String> trainable) {
    this(
        new Plans(graph, variables, backend, trainable),
        FrozenTrunk.of(graph, variables, backend, trainable),
        false);
  }

  private PlanExecutor(Plans plans, @Nullable FrozenTrunk trunk, boolean reusesOutputs) {
    this.plans = plans;
    this.trunk = trunk;
    this.reusesOutputs = reusesOutputs;
  }

  /** For predictions that are read before the next one overwrites them. */
  static PlanExecutor reusingOutputs(Graph graph, Variables variables, Backend backend) {
    return new PlanExecutor(new Plans(graph, variables, backend, Set.of()), null, true);
  }

  /**
   * An executor for another thread, with working memory of its own, that shares this one's plans
   * and packed weights. Both may {@link #predict} at the same time.
   */
  public PlanExecutor sharing() {
    return new PlanExecutor(plans, null, false);
  }

  /**
   * @throws MemoryException if the batch does not fit into memory
   */
  @Override
  public Map<String, Tensor> predict(Map<String, Tensor> inputs) {
    int part = plans.part(inputs);
    if (part == 0) {
      return predictWhole(inputs);
    }
    Map<String, Tensor> joined = new LinkedHashMap<>();
    predictParts(inputs, part, joined);
    return Collections.unmodifiableMap(joined);
  }

  /** The samples to predict at a time; 0 for all. */
  int part(Map<String, Tensor> inputs) {
    return plans.part(inputs);
  }

  /**
   * Predicts a part at a time.
   *
   * @param joined outputs of all samples by name, overwritten; made where they are not there
   */
  void predictParts(Map<String, Tensor> inputs, int part, Map<String, Tensor> joined) {
    Map<String, Tensor> all = plans.fed(inputs);
    int batch = all.values().iterator().next().shape().size(0);
    for (int first = 0; first < batch; first += part) {
      Map<String, Tensor> fed = samples(all, first, part);
      for (Map.Entry<String, Tensor> output : predictWhole(fed).entrySet()) {
        Tensor found = output.getValue();
        Tensor whole =
            joined.computeIfAbsent(
                output.getKey(), name -> Tensor.zeros(found.shape().with(0, batch)));
        HostBuffer from = found.host();
        HostBuffer to = whole.host();
        int length = found.shape().elements();
        int at = to.offset() + first / part * length;
        System.arraycopy(from.array(), from.offset(), to.array(), at, length);
      }
    }
  }

  /**
   * Predicts over and over and takes the time of each step, of as many samples as {@link #predict}
   * computes together.
   *
   * @param duration for how long at least; there are always some passes, and what the JVM has to
   *     compile first is best given some seconds
   * @throws MemoryException if the batch does not fit into memory
   */
  public Profile profile(Map<String, Tensor> inputs, Duration duration) {
    int part = plans.part(inputs);
    Map<String, Tensor> fed = part == 0 ? inputs : samples(plans.fed(inputs), 0, part);
    BoundPlan run = ready(fed, null);
    long[] nanos = new long[run.plan().steps()];
    Arrays.fill(nanos, Long.MAX_VALUE);
    long start = System.nanoTime();
    long fastest = Long.MAX_VALUE;
    int passes = 0;
    while (passes < FEWEST_PASSES || System.nanoTime() - start < duration.toNanos()) {
      fastest = Math.min(fastest, run.time(fed, nanos));
      passes++;
    }
    return new Profile(run.plan().timed(nanos), part, passes, 1e-9 * fastest);
  }

  private Map<String, Tensor> predictWhole(Map<String, Tensor> inputs) {
    BoundPlan run = ready(inputs, null);
    run.run(inputs, 0);
    return run.outputs();
  }

  private static Map<String, Tensor> samples(Map<String, Tensor> all, int first, int count) {
    Map<String, Tensor> fed = new HashMap<>();
    all.forEach((name, x) -> fed.put(name, samples(x, first, count)));
    return fed;
  }

  private static Tensor samples(Tensor x, int first, int count) {
    Shape part = x.shape().with(0, count);
    int each = part.elements() / count;
    return new Tensor(x.type(), part, hostOf(x).slice(first * each, part.elements()));
  }

  private static Buffer hostOf(Tensor x) {
    return x.type() == ElementType.FLOAT32 ? x.host() : x.integers();
  }

  /**
   * @throws MemoryException if the batch does not fit into memory
   */
  @Override
  public Step step(Map<String, Tensor> inputs, String loss, long key) {
    int part = trunk == null ? 0 : trunk.part(inputs);
    if (trunk != null && part > 0) {
      Step step = trunk.step(inputs, part, loss, key);
      backwardSteps = trunk.backwardSteps();
      savedBytes = trunk.savedBytes();
      return step;
    }
    BoundPlan run = ready(inputs, loss);
    run.run(inputs, key);
    backwardSteps = run.plan().backwardSteps();
    savedBytes = run.plan().savedBytes();
    return run.step();
  }

  @Override
  public int backwardSteps() {
    return backwardSteps;
  }

  @Override
  public long savedBytes() {
    return savedBytes;
  }

  /** Lets go of the working memory; the next call takes it anew. */
  public void release() {
    bound.clear();
    arena = null;
    if (trunk != null) {
      trunk.release();
    }
  }

  /** The plan for these inputs on memory, with the weights packed as they are now. */
  private BoundPlan ready(Map<String, Tensor> inputs, @Nullable String loss) {
    BoundPlan found = null;
    for (int i = 0; found == null && i < bound.size(); i++) {
      found = bound.get(i).fits(inputs, loss) ? bound.get(i) : null;
    }
    if (found == null) {
      found = bind(inputs, loss);
      bound.add(found);
      if (bound.size() > KEPT) {
        bound.remove(0);
      }
    }
    found.plan().pack(plans.backend(), plans.variables(), Objects.requireNonNull(arena));
    return found;
  }

  private BoundPlan bind(Map<String, Tensor> inputs, @Nullable String loss) {
    Backend backend = plans.backend();
    Plan plan = plans.get(inputs, loss);
    long weights = plan.unpackedBytes(plans.variables());
    Arena memory = arena;
    if (memory == null || !memory.holds(plan.chunks())) {
      int[] sizes = memory == null ? plan.chunks() : memory.joined(plan.chunks());
      // What ran in the old memory is bound anew when it runs again.
      bound.clear();
      memory = null;
      arena = null;
      reserve(plan, Arena.bytes(backend, sizes) + weights, inputs);
      memory = allocate(plan, inputs, () -> new Arena(backend, sizes));
      arena = memory;
    } else {
      reserve(plan, weights, inputs);
    }
    Arena at = memory;
    return allocate(
        plan,
        inputs,
        () -> {
          plan.pack(backend, plans.variables(), at);
          return new BoundPlan(plan, backend, plans.variables(), at, reusesOutputs);
        });
  }

  /**
   * Takes memory. Whether it is free is known only when it is asked for: much of what a heap holds
   * may be garbage, and what is free may lie in pieces that are too small.
   */
  private <T> T allocate(Plan plan, Map<String, Tensor> inputs, Supplier<T> taker) {
    try {
      return taker.get();
    } catch (OutOfMemoryError e) {
      bound.clear();
      plans.keepOnly(plan);
    }
    try {
      return taker.get();
    } catch (OutOfMemoryError e) {
      arena = null;
      long needed = plan.peakBytes();
      long free = Math.min(needed - 1, Memory.free(plans.backend(), needed));
      throw plans.tooLarge(inputs, plan.loss(), needed, free);
    }
  }

  /** Makes sure that so many bytes can be had before any is taken. */
  private void reserve(Plan plan, long bytes, Map<String, Tensor> inputs) {
    Backend backend = plans.backend();
    if (backend.availableBytes(bytes) >= bytes) {
      return;
    }
    bound.clear();
    plans.keepOnly(plan);
    long available = backend.availableBytes(bytes);
    if (available < bytes) {
      // What it holds already is as good as free.
      long held = Math.max(0, plan.peakBytes() - bytes);
      throw plans.tooLarge(inputs, plan.loss(), bytes + held, available + held);
    }
  }
}
