package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.graph.Node;
import dev.graft.core.op.normalization.BatchNormalization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one convolution as its kernel wants them. A BatchNormalization in inference form
 * behind it is {@code y = (conv(x) - mean) f + shift} with {@code f = scale / deviation} for each
 * channel, and so the same convolution with {@code w' = w f} and {@code b' = (b - mean) f + shift}.
 * The stored parameters stay as they are; what is packed is made from them, again when one has
 * changed.
 */
final class PackedConvolution {

  /** Below any version. */
  private static final int NEVER = -1;

  private final ConvGeometry geometry;
  private final Kernel kernel;
  private final String weight;
  private final @Nullable String bias;
  private final @Nullable Node norm;
  private final List<String> sources = new ArrayList<>();
  private final int[] packed;
  private @Nullable Buffer foldedBias;

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
    this.weight = weight;
    this.bias = bias;
    this.norm = norm;
    sources.add(weight);
    if (norm != null) {
      sources.addAll(norm.inputs().subList(1, 5));
      if (bias != null) {
        sources.add(bias);
      }
    }
    packed = new int[sources.size()];
    Arrays.fill(packed, NEVER);
  }

  Kernel kernel() {
    return kernel;
  }

  /** Null before the first {@link #refresh}, and where nothing is folded. */
  @Nullable Buffer foldedBias() {
    return foldedBias;
  }

  /** Bytes that {@link #refresh} takes and that stay taken. */
  long bytes(int elementBytes) {
    return kernel.bytes() + (norm == null ? 0 : (long) elementBytes * geometry.outChannels());
  }

  /** Elements that {@link #refresh} works with for a moment. */
  long workspace() {
    return norm == null
        ? 0
        : Arena.aligned((long) geometry.outChannels() * geometry.patch())
            + 2 * Arena.aligned(geometry.outChannels());
  }

  /**
   * Packs the weights, unless they are packed already as they stand.
   *
   * @param workspace of {@link #workspace()} elements; not read where nothing is folded
   */
  void refresh(Backend backend, Variables variables, @Nullable Buffer workspace) {
    if (!isStale(variables)) {
      return;
    }
    Buffer w = variables.get(weight).buffer();
    if (norm == null || workspace == null) {
      kernel.pack(w);
    } else {
      if (foldedBias == null) {
        foldedBias = backend.allocate(geometry.outChannels());
      }
      fold(backend, variables, norm, foldedBias, w, workspace);
    }
    for (int i = 0; i < packed.length; i++) {
      packed[i] = variables.version(sources.get(i));
    }
  }

  private boolean isStale(Variables variables) {
    for (int i = 0; i < packed.length; i++) {
      if (packed[i] != variables.version(sources.get(i))) {
        return true;
      }
    }
    return false;
  }

  private void fold(
      Backend backend, Variables variables, Node norm, Buffer shift, Buffer w, Buffer workspace) {
    int channels = geometry.outChannels();
    int patch = geometry.patch();
    int vector = (int) Arena.aligned(channels);
    Buffer factor = workspace.slice(0, channels);
    Buffer product = workspace.slice(vector, channels);
    Buffer scaled = workspace.slice(2 * vector, channels * patch);
    Buffer[] of = new Buffer[5];
    for (int i = 1; i < of.length; i++) {
      of[i] = variables.get(norm.inputs().get(i)).buffer();
    }
    double epsilon = ((BatchNormalization) norm.op()).epsilon();
    backend.unary(UnaryOp.RSQRT, epsilon, 0, channels, of[4], factor);
    vector(backend, BinaryOp.MUL, of[1], factor, factor);
    vector(backend, BinaryOp.MUL, of[3], factor, product);
    vector(backend, BinaryOp.SUB, of[2], product, shift);
    if (bias != null) {
      vector(backend, BinaryOp.MUL, variables.get(bias).buffer(), factor, product);
      vector(backend, BinaryOp.ADD, shift, product, shift);
    }
    int[] shape = {channels, patch};
    int[] perChannel = {1, 0};
    backend.binary(BinaryOp.MUL, shape, w, new int[] {patch, 1}, factor, perChannel, scaled);
    kernel.pack(scaled);
  }

  private void vector(Backend backend, BinaryOp op, Buffer a, Buffer b, Buffer y) {
    int[] one = {1};
    backend.binary(op, new int[] {geometry.outChannels()}, a, one, b, one, y);
  }
}
