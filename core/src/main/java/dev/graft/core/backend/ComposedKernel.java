package dev.graft.core.backend;

import org.jspecify.annotations.Nullable;

/** The {@link Kernel} of a backend that has no better one: one call after the other. */
final class ComposedKernel implements Kernel {

  /** {@code y = x w + bias}, whatever the product is. */
  private interface Contraction {
    void run(Buffer x, Buffer w, @Nullable Buffer bias, Buffer y);
  }

  private final Backend backend;
  private final Contraction contraction;
  private final Epilogue epilogue;
  private final int results;
  private final int weights;
  private final Storage storage;
  private @Nullable Buffer packed;

  /** What becomes of the weights. */
  private enum Storage {
    COPIED,
    IN_PLACE,
    CHANGING
  }

  private ComposedKernel(
      Backend backend,
      Contraction contraction,
      Epilogue epilogue,
      int results,
      int weights,
      Storage storage) {
    this.backend = backend;
    this.contraction = contraction;
    this.epilogue = epilogue;
    this.results = results;
    this.weights = weights;
    this.storage = storage;
  }

  static Kernel of(Backend backend, ConvGeometry g, Epilogue epilogue, boolean changing) {
    return new ComposedKernel(
        backend,
        (x, w, bias, y) -> backend.convolution(g, x, w, bias, y),
        epilogue,
        g.batch() * g.outChannels() * g.outPlane(),
        g.outChannels() * g.patch(),
        changing ? Storage.CHANGING : Storage.COPIED);
  }

  /** No layout of the weights is better than theirs, so that they are not copied. */
  static Kernel of(Backend backend, GemmGeometry g, Epilogue epilogue, boolean changing) {
    return new ComposedKernel(
        backend,
        (x, w, bias, y) -> Composed.biasedGemm(backend, g, x, w, bias, y),
        epilogue,
        g.m() * g.n(),
        g.k() * g.n(),
        changing ? Storage.CHANGING : Storage.IN_PLACE);
  }

  @Override
  public long bytes() {
    return storage == Storage.COPIED ? (long) backend.elementBytes() * weights : 0;
  }

  @Override
  public void pack(Buffer w) {
    if (storage != Storage.COPIED) {
      packed = w;
      return;
    }
    if (packed == null) {
      packed = backend.allocate(weights);
    }
    backend.copy(weights, w, packed);
  }

  @Override
  public Object layout() {
    return storage == Storage.CHANGING ? this : new Dense(storage, weights);
  }

  /** As they are stored. */
  private record Dense(Storage storage, int weights) {}

  @Override
  public void share(Kernel packed) {
    this.packed = ((ComposedKernel) packed).packed;
  }

  @Override
  public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
    if (packed == null) {
      throw new IllegalStateException("the kernel has no weights yet; pack them first");
    }
    // Two views of one storage are equal, not identical.
    Buffer result = y.equals(residual) ? backend.allocate(results) : y;
    contraction.run(x, packed, bias, result);
    if (residual != null) {
      int[] one = {1};
      backend.binary(BinaryOp.ADD, new int[] {results}, result, one, residual, one, y);
    }
    if (epilogue.activation() != null) {
      backend.unary(epilogue.activation(), epilogue.alpha(), epilogue.beta(), results, y, y);
    }
  }
}
