package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BlockedKernels;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.Kernel;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.WeightedProduct;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One convolution or product of a plan: its kernel, and the {@link PackedWeights} that this reads,
 * which it shares with the kernels of other plans where their layouts are the same.
 */
final class PackedKernel {

  private final int channels;
  private final int patch;
  private final Kernel kernel;
  private final PackedWeights.Key key;
  private @Nullable PackedWeights weights;

  private PackedKernel(int channels, int patch, Kernel kernel, PackedWeights.Key key) {
    this.channels = channels;
    this.patch = patch;
    this.kernel = kernel;
    this.key = key;
  }

  /**
   * The one that does all of a group in one pass.
   *
   * @param blocks the kernels on blocks of channels, where one of them is wanted
   * @param planar whether it reads a planar input there
   */
  static PackedKernel of(
      Backend backend,
      Flow flow,
      Fusion.Group group,
      @Nullable BlockedKernels blocks,
      boolean planar) {
    Node node = group.first().node();
    Node norm = group.norm() == null ? null : group.norm().node();
    List<@Nullable Shape> shapes = flow.inputShapes(node);
    Epilogue epilogue = epilogue(group);
    boolean changing = norm == null && group.first().needs().of(1);
    int channels;
    Kernel kernel;
    if (group.first().op() instanceof Conv conv) {
      ConvGeometry g = conv.geometry(shapes.get(0), shapes.get(1));
      channels = g.outChannels();
      kernel =
          blocks == null
              ? backend.prepare(g, epilogue, changing)
              : blocks.prepare(g, epilogue, planar);
    } else {
      GemmGeometry g = ((WeightedProduct) group.first().op()).geometry(shapes);
      channels = g.n();
      kernel = backend.prepare(g, epilogue, changing);
    }
    PackedWeights.Key key =
        new PackedWeights.Key(
            kernel.layout(),
            node.inputs().get(1),
            norm == null ? null : group.biasName(),
            norm == null ? List.of() : List.copyOf(norm.inputs().subList(1, 5)),
            norm == null ? 0 : ((BatchNormalization) norm.op()).epsilon());
    return new PackedKernel(channels, shapes.get(1).elements() / channels, kernel, key);
  }

  /** What follows a group's convolution or product. */
  static Epilogue epilogue(Fusion.Group group) {
    boolean bias = group.biasName() != null || group.norm() != null;
    boolean residual = group.residualName() != null;
    Elementwise last = group.activation() == null ? null : (Elementwise) group.activation().op();
    return last == null
        ? new Epilogue(bias, residual, null, 0, 0)
        : new Epilogue(bias, residual, last.kernel(), last.alpha(), last.beta());
  }

  /** Of the output. */
  int channels() {
    return channels;
  }

  /** Whether the kernel reads the weights as they are stored. */
  boolean readsInPlace() {
    return kernel.bytes() == 0;
  }

  PackedWeights.Key key() {
    return key;
  }

  Kernel kernel() {
    return kernel;
  }

  /** Null before the first {@link #refresh}, and where nothing is folded. */
  @Nullable Buffer foldedBias() {
    return weights == null ? null : weights.foldedBias();
  }

  private boolean folds() {
    return !key.norm().isEmpty();
  }

  /** Bytes of its packed weights. */
  long bytes(int elementBytes) {
    return kernel.bytes() + (folds() ? (long) elementBytes * channels : 0);
  }

  /** Whether its weights have been packed, for this plan or for another. */
  boolean isPacked(Variables variables) {
    PackedWeights known = weights != null ? weights : variables.packed(key);
    return known != null && known.isPacked();
  }

  /** Elements that {@link #refresh} works with for a moment. */
  long workspace() {
    return folds() ? Arena.aligned((long) channels * patch) + 2 * Arena.aligned(channels) : 0;
  }

  /**
   * Packs the weights, unless they are packed already as they stand.
   *
   * @param workspace of {@link #workspace()} elements; null where nothing is folded
   */
  void refresh(Backend backend, Variables variables, @Nullable Buffer workspace) {
    if (weights == null) {
      weights = variables.packed(key, () -> new PackedWeights(key, kernel, channels, patch));
    }
    weights.refresh(backend, variables, workspace);
    if (weights.kernel() != kernel) {
      kernel.share(weights.kernel());
    }
  }
}
