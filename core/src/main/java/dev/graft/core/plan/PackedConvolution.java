package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Kernel;
import dev.graft.core.graph.Node;
import dev.graft.core.op.normalization.BatchNormalization;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One convolution of a plan: its kernel, and the {@link PackedWeights} that this reads, which it
 * shares with the kernels of other plans where their layouts are the same.
 */
final class PackedConvolution {

  private final ConvGeometry geometry;
  private final Kernel kernel;
  private final PackedWeights.Key key;
  private @Nullable PackedWeights weights;

  /**
   * @param weight name of the stored weight
   * @param bias name of the stored bias; null where there is none, or no norm
   * @param norm what is folded; null for nothing
   */
  PackedConvolution(
      ConvGeometry geometry,
      Kernel kernel,
      String weight,
      @Nullable String bias,
      @Nullable Node norm) {
    this.geometry = geometry;
    this.kernel = kernel;
    key =
        new PackedWeights.Key(
            kernel.layout(),
            weight,
            norm == null ? null : bias,
            norm == null ? List.of() : List.copyOf(norm.inputs().subList(1, 5)),
            norm == null ? 0 : ((BatchNormalization) norm.op()).epsilon());
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
    return kernel.bytes() + (folds() ? (long) elementBytes * geometry.outChannels() : 0);
  }

  /** Whether its weights have been packed, for this plan or for another. */
  boolean isPacked(Variables variables) {
    PackedWeights known = weights != null ? weights : variables.packed(key);
    return known != null && known.isPacked();
  }

  /** Elements that {@link #refresh} works with for a moment. */
  long workspace() {
    return folds()
        ? Arena.aligned((long) geometry.outChannels() * geometry.patch())
            + 2 * Arena.aligned(geometry.outChannels())
        : 0;
  }

  /**
   * Packs the weights, unless they are packed already as they stand.
   *
   * @param workspace of {@link #workspace()} elements; null where nothing is folded
   */
  void refresh(Backend backend, Variables variables, @Nullable Buffer workspace) {
    if (weights == null) {
      int channels = geometry.outChannels();
      int patch = geometry.patch();
      weights = variables.packed(key, () -> new PackedWeights(key, kernel, channels, patch));
    }
    weights.refresh(backend, variables, workspace);
    if (weights.kernel() != kernel) {
      kernel.share(weights.kernel());
    }
  }
}
