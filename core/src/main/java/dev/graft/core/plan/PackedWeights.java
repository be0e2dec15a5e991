package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.UnaryOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a convolution or product as kernels of one layout want them, and the bias that
 * goes with them. They belong to the {@link Variables}: the plans of all batch sizes, and the
 * executors of all threads, read the same. A BatchNormalization in inference form behind the
 * convolution is {@code y = (conv(x) - mean) f + shift} with {@code f = scale / deviation} for each
 * channel, and so the same convolution with {@code w' = w f} and {@code b' = (b - mean) f + shift}.
 * The stored parameters stay as they are; what is packed is made from them, again when one has
 * changed.
 */
final class PackedWeights {

  /** Below any version. */
  private static final int NEVER = -1;

  /**
   * What makes two packs the same.
   *
   * @param layout {@link Kernel#layout}
   * @param weight name of the stored weight
   * @param bias name of the stored bias; null where there is none, or no norm
   * @param norm names of scale, shift, mean and variance of what is folded; empty for nothing
   * @param epsilon of what is folded
   */
  record Key(
      Object layout, String weight, @Nullable String bias, List<String> norm, double epsilon) {

    /** The stored tensors that it is made from. */
    List<String> sources() {
      List<String> sources = new ArrayList<>(norm);
      sources.add(weight);
      if (bias != null && !norm.isEmpty()) {
        sources.add(bias);
      }
      return sources;
    }
  }

  private final Key key;
  private final Kernel kernel;
  private final int channels;
  private final int patch;
  private final List<String> sources;
  private final int[] packed;
  private @Nullable Buffer foldedBias;

  /**
   * @param kernel the one that packs, and that others share with
   * @param channels of the output
   * @param patch weights of each
   */
  PackedWeights(Key key, Kernel kernel, int channels, int patch) {
    this.key = key;
    this.kernel = kernel;
    this.channels = channels;
    this.patch = patch;
    sources = key.sources();
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

  /** Whether they have been packed at least once. */
  synchronized boolean isPacked() {
    return packed[0] != NEVER;
  }

  /**
   * Packs the weights, unless they are packed already as they stand.
   *
   * @param workspace see {@link PackedKernel#workspace()}; null where nothing is folded
   */
  synchronized void refresh(Backend backend, Variables variables, @Nullable Buffer workspace) {
    if (!isStale(variables)) {
      return;
    }
    Buffer w = variables.get(key.weight()).buffer();
    if (workspace == null) {
      kernel.pack(w);
    } else {
      if (foldedBias == null) {
        foldedBias = backend.allocate(channels);
      }
      fold(backend, variables, foldedBias, w, workspace);
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
      Backend backend, Variables variables, Buffer shift, Buffer w, Buffer workspace) {
    int vector = (int) Arena.aligned(channels);
    Buffer factor = workspace.slice(0, channels);
    Buffer product = workspace.slice(vector, channels);
    Buffer scaled = workspace.slice(2 * vector, channels * patch);
    Buffer[] of = key.norm().stream().map(n -> variables.get(n).buffer()).toArray(Buffer[]::new);
    backend.unary(UnaryOp.RSQRT, key.epsilon(), 0, channels, of[3], factor);
    vector(backend, BinaryOp.MUL, of[0], factor, factor);
    vector(backend, BinaryOp.MUL, of[2], factor, product);
    vector(backend, BinaryOp.SUB, of[1], product, shift);
    if (key.bias() != null) {
      vector(backend, BinaryOp.MUL, variables.get(key.bias()).buffer(), factor, product);
      vector(backend, BinaryOp.ADD, shift, product, shift);
    }
    int[] shape = {channels, patch};
    int[] perChannel = {1, 0};
    backend.binary(BinaryOp.MUL, shape, w, new int[] {patch, 1}, factor, perChannel, scaled);
    kernel.pack(scaled);
  }

  private void vector(Backend backend, BinaryOp op, Buffer a, Buffer b, Buffer y) {
    int[] one = {1};
    backend.binary(op, new int[] {channels}, a, one, b, one, y);
  }
}
