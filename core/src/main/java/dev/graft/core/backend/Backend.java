package dev.graft.core.backend;

import org.jspecify.annotations.Nullable;

/**
 * The kernels of one compute device, over raw buffers of floating-point elements in row-major
 * order.
 *
 * <p>Contract, the same for every method:
 *
 * <ul>
 *   <li>Sizes are explicit and already validated; kernels check nothing. An output of size zero is
 *       not written; a sum over nothing is zero ({@code k = 0} in a product too).
 *   <li>The output is the last argument. It is overwritten without being read, except where a
 *       method says that it accumulates. Its previous contents may be NaN.
 *   <li>An output never shares storage with an input, except where a method says that it may.
 *   <li>Same inputs give the same bits, whatever the number of threads and whenever the JIT
 *       compiles: parallel loops are cut by shape alone and reductions follow a fixed tree.
 *   <li>NaN and infinities propagate as in IEEE 754, except where a method says that they may
 *       spread.
 * </ul>
 *
 * <p>The abstract methods are the primitives a new backend must write. The default methods are
 * composed of them in {@link Composed}; a backend overrides one when a benchmark shows that it
 * pays.
 */
public interface Backend extends AutoCloseable {

  /** The name under which {@link Backends} finds it, such as {@code java}. */
  String name();

  /** Number of threads that work on one kernel; informative only. */
  int threads();

  // ---- memory ----------------------------------------------------------------------------------

  /** Bytes that one element takes. */
  default int elementBytes() {
    return Float.BYTES;
  }

  /** The most elements that {@link #allocate} gives at once, a multiple of 16. */
  default int maxAllocation() {
    return Integer.MAX_VALUE - 15;
  }

  /**
   * Bytes beyond which {@link #allocate} need not be asked: what the largest Java heap has room for
   * beside nothing else, since how much of it is garbage only an allocation finds out; or, where
   * the backend has memory of its own, what is free of that.
   *
   * @param wanted how many the caller would like: where fewer are free on a device, memory that
   *     nobody uses any more is collected before the answer
   */
  default long availableBytes(long wanted) {
    return HostMemory.largest();
  }

  /** Whether its buffers lie in the Java heap, so that a larger heap holds more of them. */
  default boolean onHeap() {
    return true;
  }

  /**
   * New storage for {@code elements} elements with unspecified contents.
   *
   * @throws OutOfMemoryError if there is no room for it; a {@link DeviceMemoryError} where that is
   *     not the Java heap's
   */
  Buffer allocate(int elements);

  /**
   * A buffer with the elements of host memory that is only read: that memory itself where the
   * backend computes in it, else a copy.
   *
   * @throws OutOfMemoryError as {@link #allocate}
   */
  default Buffer readOnly(HostBuffer source) {
    Buffer copy = allocate(source.length());
    upload(source.array(), source.offset(), source.length(), copy);
    return copy;
  }

  /**
   * Copies {@code count} floats from {@code source[sourceOffset…]} to the start of {@code target}.
   */
  void upload(float[] source, int sourceOffset, int count, Buffer target);

  /** Copies the first {@code count} elements of {@code source} to {@code target[targetOffset…]}. */
  void download(Buffer source, int count, float[] target, int targetOffset);

  /** {@code y[0…n) = value}. */
  void fill(int n, double value, Buffer y);

  /** {@code y[0…n) = x[0…n)}. */
  default void copy(int n, Buffer x, Buffer y) {
    int[] dense = {1};
    copy(new int[] {n}, x, 0, dense, 0, dense, y);
  }

  /**
   * Copies a box of elements between two strided layouts: {@code y[yOffset + Σ i_d yStrides[d]] =
   * x[xOffset + Σ i_d xStrides[d]]} for every index {@code i} of {@code shape}. Permutations,
   * slices, concatenations, pads and broadcasts are all this one copy. A stride of x may be zero or
   * negative; elements of y outside the box keep their values.
   */
  void copy(
      int[] shape, Buffer x, int xOffset, int[] xStrides, int yOffset, int[] yStrides, Buffer y);

  // ---- element-wise ----------------------------------------------------------------------------

  /** {@code y = f(x; alpha, beta)} over n elements; y may be x. */
  void unary(UnaryOp op, double alpha, double beta, int n, Buffer x, Buffer y);

  /**
   * {@code dx = dy f'(saved; alpha, beta)} over n elements, where {@code saved} is the input or the
   * output as {@link UnaryOp} says; dx may be dy.
   */
  void unaryGradient(
      UnaryOp op, double alpha, double beta, int n, Buffer saved, Buffer dy, Buffer dx);

  /**
   * {@code y = a ∘ b} over the indices of {@code shape}; y is dense, the operands are read with
   * their strides, where a stride of zero broadcasts. y may be an operand that is read densely.
   */
  void binary(
      BinaryOp op, int[] shape, Buffer a, int[] aStrides, Buffer b, int[] bStrides, Buffer y);

  /** {@code y += alpha x} over n elements: accumulates into y. */
  void axpy(int n, double alpha, Buffer x, Buffer y);

  /**
   * Inverted dropout: element i is kept and scaled by {@code 1 / (1 - ratio)} where {@link
   * Rng#uniform}{@code (key, i) >= ratio}, else zero. The same call on a gradient is its backward
   * rule. {@code 0 <= ratio < 1}.
   */
  void dropout(int n, double ratio, long key, Buffer x, Buffer y);

  // ---- contractions ----------------------------------------------------------------------------

  /**
   * {@code C = alpha op(A) op(B) + beta C}. With {@code beta = 0}, C is not read; with {@code k =
   * 0} the product is zero and A and B are not read. Shape alone decides the order of the sums.
   */
  void gemm(GemmGeometry g, double alpha, Buffer a, Buffer b, double beta, Buffer c);

  /**
   * Unfolds one group of one image into columns {@code [patch, outPlane]}: row {@code (c, kh, kw)},
   * column {@code (oh, ow)}; positions in the padding are zero.
   *
   * @param x the whole batch {@code [batch, inChannels, inHeight, inWidth]}
   */
  void im2col(ConvGeometry g, int image, int group, Buffer x, Buffer columns);

  /**
   * The transpose of {@link #im2col}: sums the columns back into one group of one image of dx,
   * which is overwritten.
   */
  void col2im(ConvGeometry g, int image, int group, Buffer columns, Buffer dx);

  // ---- look-ups --------------------------------------------------------------------------------

  /**
   * Looks slices up along the middle axis of {@code x [outer, n, inner]}: {@code y[o, j, i] = x[o,
   * indices[j], i]}.
   *
   * @param indices positions in 0 … n-1, in host memory: a device takes a copy
   */
  default void gather(int outer, int n, int inner, int[] indices, Buffer x, Buffer y) {
    Composed.gather(this, outer, n, inner, indices, x, y);
  }

  /**
   * The gradient of {@link #gather}: {@code dx[o, k, i] = Σ dy[o, j, i]} over all j with {@code
   * indices[j] = k}, in ascending order of j; zero where there is none.
   *
   * @param dx {@code [outer, n, inner]}
   */
  default void scatterAdd(int outer, int n, int inner, int[] indices, Buffer dy, Buffer dx) {
    Composed.scatterAdd(this, outer, n, inner, indices, dy, dx);
  }

  // ---- reductions and windows ------------------------------------------------------------------

  /**
   * Folds the axes marked in {@code reduced}; y is dense over the others, in order. SUM and MEAN
   * round at most as a pairwise or blocked sum does.
   */
  void reduce(ReduceOp op, int[] shape, boolean[] reduced, Buffer x, Buffer y);

  /**
   * Largest element of every window; padding never wins. A NaN in the window wins. A window without
   * any element of x has the maximum negative infinity.
   *
   * @param winners where not null, receives for each output the position of its first largest
   *     element (or its first NaN) within the window, {@code kh * kernelWidth + kw}, as a number;
   *     -1 for a window without any element of x
   */
  void maxPool(PoolGeometry g, Buffer x, @Nullable Buffer winners, Buffer y);

  /** {@code dx}: each output's gradient added at its winner, if it has one; the rest zero. */
  void maxPoolGradient(PoolGeometry g, Buffer winners, Buffer dy, Buffer dx);

  /**
   * Mean of every window; see {@link PoolGeometry#countIncludePad()} for what it divides by. Zero
   * where that is zero.
   */
  void averagePool(PoolGeometry g, Buffer x, Buffer y);

  /** {@code dx}: each output's gradient, divided by its window's count, spread over its window. */
  void averagePoolGradient(PoolGeometry g, Buffer dy, Buffer dx);

  // ---- optimizer steps -------------------------------------------------------------------------

  /**
   * One step of stochastic gradient descent (Sutskever et al., ICML 2013, in the form of PyTorch's
   * {@code torch.optim.SGD}): {@code g' = g + weightDecay w; v = momentum v + g'; w -= rate
   * (nesterov ? g' + momentum v : v)}.
   *
   * @param g the gradient, read only
   * @param v the velocity, read and updated; not touched where momentum is 0
   * @param w the weights, read and updated
   */
  void sgd(
      int n,
      double rate,
      double momentum,
      boolean nesterov,
      double weightDecay,
      Buffer g,
      Buffer v,
      Buffer w);

  /**
   * One step of AdamW (Loshchilov and Hutter, ICLR 2019, algorithm 2): {@code w -= rate weightDecay
   * w; m = beta1 m + (1-beta1) g; v = beta2 v + (1-beta2) g^2; w -= rate (m / (1-beta1^step)) /
   * (sqrt(v / (1-beta2^step)) + epsilon)}.
   *
   * @param step number of this step, from 1
   * @param g the gradient, read only
   * @param m first moment, read and updated
   * @param v second moment, read and updated
   * @param w the weights, read and updated
   */
  void adamW(
      int n,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      int step,
      Buffer g,
      Buffer m,
      Buffer v,
      Buffer w);

  // ---- composed --------------------------------------------------------------------------------

  /**
   * Cross-correlation (ONNX Conv): {@code y[n,o,p] = bias[o] + Σ w[o,c,k] x[n, c, p stride - pad +
   * k dilation]}.
   *
   * <p>Errors are those of a sum of the products, in any order. Only where the kernel is 3x3 with
   * stride and dilation 1 and there is one group may a backend compute tiles of 4x4 outputs by
   * Winograd's F(4x4, 3x3) (Lavin and Gray, CVPR 2016), here, in {@link #prepare} and in {@link
   * #convolutionGradientInput}. Then
   *
   * <ul>
   *   <li>an element (i, j) of a plane strays by up to {@code λ sqrt(C + 18) u C s_i s_j max|x|
   *       max|w|} for C channels that are summed over, with {@code u = 2^-24}, {@code s = (16, 17,
   *       24, 48)} for i and j modulo 4, and {@code λ = 1/64} for weights of both signs: for 64
   *       channels 2e-6 of the largest possible output at most. The contract suite derives it;
   *   <li>NaN or infinity in x may spread to all outputs of a tile, as NaN or infinity, where one
   *       of them depends on it. Tiles are counted from the first row and column of the output.
   * </ul>
   */
  default void convolution(ConvGeometry g, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    Composed.convolution(this, g, x, w, bias, y);
  }

  /**
   * Chooses how to convolve with weights that stay the same over many calls, or that something
   * follows in the same pass.
   *
   * @param epilogue what follows
   * @param changing whether the weights change between any two runs, as in training: the kernel
   *     then keeps no copy of them in another layout, and what it was given to {@link Kernel#pack}
   *     must stay until it has run
   * @return a kernel that has no weights yet
   */
  default Kernel prepare(ConvGeometry g, Epilogue epilogue, boolean changing) {
    return ComposedKernel.of(this, g, epilogue, changing);
  }

  /**
   * Chooses how to multiply with a right matrix, the weights, that stays the same over many calls,
   * or what follows in the same pass: {@code y [m, n] = activation(op(x) op(w) + bias[n] +
   * residual)}.
   *
   * <p>Weights that need no other layout are read where they are: what was given to {@link
   * Kernel#pack} must stay until the kernel has run for the last time.
   *
   * @param g a single product, whose sizes are all at least 1
   * @param epilogue what follows; the bias has one value for each column
   * @param changing as for a convolution
   * @return a kernel that has no weights yet
   */
  default Kernel prepare(GemmGeometry g, Epilogue epilogue, boolean changing) {
    return ComposedKernel.of(this, g, epilogue, changing);
  }

  /** Its kernels on blocks of channels; null, as by default, where it has none. */
  default @Nullable BlockedKernels blocked() {
    return null;
  }

  /** Gradient of {@link #convolution} to its input. */
  default void convolutionGradientInput(ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
    Composed.convolutionGradientInput(this, g, dy, w, dx);
  }

  /** Gradient of {@link #convolution} to its weight, summed over the batch in ascending order. */
  default void convolutionGradientWeight(ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
    Composed.convolutionGradientWeight(this, g, x, dy, dw);
  }

  /**
   * {@code y = x scale[c] + shift[c]} over {@code [batch, channels, plane]}: what a
   * BatchNormalization in inference amounts to.
   */
  default void channelAffine(
      int batch, int channels, int plane, Buffer x, Buffer scale, Buffer shift, Buffer y) {
    Composed.channelAffine(this, batch, channels, plane, x, scale, shift, y);
  }

  /**
   * {@code y = f(x scale[c] + shift[c]; alpha, beta)}: a normalisation and what activates it in one
   * pass, with the bits that {@link #channelAffine} and {@link #unary} yield one after the other.
   */
  default void activatedChannelAffine(
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer scale,
      Buffer shift,
      UnaryOp activation,
      double alpha,
      double beta,
      Buffer y) {
    channelAffine(batch, channels, plane, x, scale, shift, y);
    unary(activation, alpha, beta, batch * channels * plane, y, y);
  }

  /**
   * {@code y = x scaleX[c] + z scaleZ[c] + shift[c]} over {@code [batch, channels, plane]}: the
   * input gradient of a BatchNormalization in training.
   */
  default void channelCombine(
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer scaleX,
      Buffer z,
      Buffer scaleZ,
      Buffer shift,
      Buffer y) {
    Composed.channelCombine(this, batch, channels, plane, x, scaleX, z, scaleZ, shift, y);
  }

  /**
   * Mean and biased variance of every channel of {@code x [batch, channels, plane]}, in two passes:
   * {@code mean = Σ x / m, variance = Σ (x - mean)^2 / m} with {@code m = batch * plane}.
   */
  default void channelMoments(
      int batch, int channels, int plane, Buffer x, Buffer mean, Buffer variance) {
    Composed.channelMoments(this, batch, channels, plane, x, mean, variance);
  }

  /**
   * The two sums every gradient of a normalisation over channels is made of: {@code sum[c] = Σ dy}
   * and {@code dot[c] = Σ dy (x - mean[c])}.
   */
  default void channelGradientSums(
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer mean,
      Buffer dy,
      Buffer sum,
      Buffer dot) {
    Composed.channelGradientSums(this, batch, channels, plane, x, mean, dy, sum, dot);
  }

  /**
   * {@code y = exp(x - max) / Σ exp(x - max)} along the middle axis of {@code [outer, n, inner]}.
   */
  default void softmax(int outer, int n, int inner, Buffer x, Buffer y) {
    Composed.softmax(this, outer, n, inner, x, y);
  }

  /** {@code dx = y (dy - Σ dy y)} along the middle axis. */
  default void softmaxGradient(int outer, int n, int inner, Buffer y, Buffer dy, Buffer dx) {
    Composed.softmaxGradient(this, outer, n, inner, y, dy, dx);
  }

  /**
   * {@code y = x - max - log Σ exp(x - max)} along the middle axis of {@code [outer, n, inner]}.
   */
  default void logSoftmax(int outer, int n, int inner, Buffer x, Buffer y) {
    Composed.logSoftmax(this, outer, n, inner, x, y);
  }

  /** {@code dx = dy - exp(y) Σ dy} along the middle axis. */
  default void logSoftmaxGradient(int outer, int n, int inner, Buffer y, Buffer dy, Buffer dx) {
    Composed.logSoftmaxGradient(this, outer, n, inner, y, dy, dx);
  }

  /**
   * Normalises each row of {@code x [rows, columns]}: {@code y = scale (x - mean) inverse + bias}
   * with the mean of the row and {@code inverse = 1 / sqrt(variance + epsilon)} of its biased
   * variance. y may be x.
   *
   * @param scale {@code [columns]}
   * @param bias {@code [columns]}; null for none
   * @param mean {@code [rows]}, written
   * @param inverse {@code [rows]}, written
   */
  default void rowNormalization(
      int rows,
      int columns,
      double epsilon,
      Buffer x,
      Buffer scale,
      @Nullable Buffer bias,
      Buffer mean,
      Buffer inverse,
      Buffer y) {
    Composed.rowNormalization(this, rows, columns, epsilon, x, scale, bias, mean, inverse, y);
  }

  /**
   * {@code p = softmax(scale q k^T + mask), y = p v} for each head of each sample.
   *
   * @param mask added to the products, read with {@code maskStrides} as {@code [batch, heads,
   *     queries, keys]}; null for none
   * @param probabilities p, written as {@code [batch, heads, queries, keys]}; null if nobody reads
   *     them
   * @param y {@code [batch, queries, heads * valueWidth]}
   */
  default void attention(
      AttentionGeometry g,
      Buffer q,
      Buffer k,
      Buffer v,
      @Nullable Buffer mask,
      int[] maskStrides,
      @Nullable Buffer probabilities,
      Buffer y) {
    ComposedAttention.forward(this, g, q, k, v, mask, maskStrides, probabilities, y);
  }

  /** Gradient of {@link #attention} to the values: {@code dv = p^T dy}. */
  default void attentionGradientValues(
      AttentionGeometry g, Buffer probabilities, Buffer dy, Buffer dv) {
    ComposedAttention.gradientValues(this, g, probabilities, dy, dv);
  }

  /** Gradient to what the softmax is taken of: {@code ds = p (dp - Σ dp p), dp = dy v^T}. */
  default void attentionGradientScores(
      AttentionGeometry g, Buffer v, Buffer probabilities, Buffer dy, Buffer ds) {
    ComposedAttention.gradientScores(this, g, v, probabilities, dy, ds);
  }

  /** Gradient to the queries: {@code dq = scale ds k}. */
  default void attentionGradientQueries(AttentionGeometry g, Buffer k, Buffer ds, Buffer dq) {
    ComposedAttention.gradientQueries(this, g, k, ds, dq);
  }

  /** Gradient to the keys: {@code dk = scale ds^T q}. */
  default void attentionGradientKeys(AttentionGeometry g, Buffer q, Buffer ds, Buffer dk) {
    ComposedAttention.gradientKeys(this, g, q, ds, dk);
  }

  /**
   * Waits until everything asked for so far is done: what a stopwatch must do before it stops. By
   * default nothing is left to wait for when a call returns.
   */
  default void finish() {}

  /** Frees threads and device memory. Buffers of this backend are unusable afterwards. */
  @Override
  void close();
}
