package dev.graft.core.op.loss;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Arity;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cross-entropy between targets and the softmax of logits over the classes, averaged over the batch
 * and, where there are any, the places: {@code loss = -1/N Σ_n Σ_k t[n,k] log softmax(z[n])_k}.
 * Inputs {@code z [N,K,…]} and one of
 *
 * <ul>
 *   <li>the numbers of the classes, {@code [N,…]}: {@code t[n,k]} is 1 at the class and 0
 *       elsewhere. A negative number is unlabelled, and contributes nothing;
 *   <li>distributions {@code t [N,K,…]}; a row of zeros contributes nothing.
 * </ul>
 *
 * <p>This is PyTorch's {@code nn.CrossEntropyLoss}, but that what is unlabelled counts in N.
 *
 * <p>Label smoothing (Szegedy et al., CVPR 2016, section 7) replaces t by {@code (1 - smoothing) t
 * + smoothing / K Σ_k t}.
 *
 * @param smoothing share of the target spread evenly over all classes, at least 0, below 1
 */
public record SoftmaxCrossEntropy(double smoothing) implements Op {

  /** 0, 1, 2…: as many as were needed so far, so that a step allocates nothing. */
  private static volatile float[] numbers = {};

  /**
   * @throws ShapeException if the smoothing is not in [0, 1)
   */
  public SoftmaxCrossEntropy {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new ShapeException("label smoothing expects a share in [0, 1), found " + smoothing);
    }
  }

  @Override
  public String type() {
    return "SoftmaxCrossEntropy";
  }

  @Override
  public boolean differentiable(int i) {
    return i == 0;
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 2);
    Shape z = inputs.get(0);
    Shape t = inputs.get(1);
    if (z.rank() < 2 || !(t.fits(z) || t.fits(places(z)))) {
      throw new ShapeException(
          "cross-entropy expects logits [N,K] beside classes [N] or distributions [N,K], found "
              + z
              + " and "
              + t);
    }
    return List.of(Shape.SCALAR);
  }

  /** The shape without the axis of the classes. */
  private static Shape places(Shape z) {
    List<Size> sizes = new ArrayList<>(z.dims());
    sizes.remove(1);
    return Shape.ofSizes(sizes);
  }

  private static boolean areClasses(Shape z, Shape t) {
    return t.rank() < z.rank();
  }

  /** The logarithms of the softmax, and the distributions that are aimed at. */
  @Override
  public List<Shape> scratchShapes(List<Shape> inputs, Needs needs) {
    Shape z = inputs.get(0);
    return List.of(z, z);
  }

  @Override
  public Saves saves(Needs needs) {
    return needs.of(0) ? Saves.NOTHING.andScratch() : Saves.NOTHING;
  }

  /** The products of targets and logarithms; the numbers of the classes; what smoothing spreads. */
  @Override
  public List<Shape> forwardTemporaries(List<Shape> inputs) {
    Shape z = inputs.get(0);
    List<Shape> temporaries = new ArrayList<>(List.of(z));
    if (areClasses(z, inputs.get(1))) {
      temporaries.add(Shape.of(z.size(1)));
    }
    if (smoothing > 0) {
      temporaries.add(z.with(1, 1));
    }
    return temporaries;
  }

  /** The factor, and the gradient to the logarithms. */
  @Override
  public List<Shape> backwardTemporaries(List<Shape> inputs, Needs needs) {
    return List.of(Shape.SCALAR, inputs.get(0));
  }

  @Override
  public void forward(Forward call) {
    Backend backend = call.backend();
    Shape z = call.input(0).shape();
    Tensor logs = call.scratch().get(0);
    Tensor products = call.temporary(0);
    backend.logSoftmax(
        z.size(0), z.size(1), z.elements(2, z.rank()), call.input(0).buffer(), logs.buffer());
    Tensor given = call.input(1);
    Tensor target = call.scratch().get(1);
    boolean classes = areClasses(z, given.shape());
    if (classes) {
      spread(backend, given, call.temporary(1), products, target);
    }
    if (smoothing > 0) {
      Tensor share = call.temporaries().get(call.temporaries().size() - 1);
      smooth(backend, classes ? target : given, share, target);
    } else if (!classes) {
      backend.copy(z.elements(), given.buffer(), target.buffer());
    }
    Broadcasting.binary(backend, BinaryOp.MUL, target, logs, products);
    boolean[] all = new boolean[z.rank()];
    Arrays.fill(all, true);
    backend.reduce(ReduceOp.SUM, z.toArray(), all, products.buffer(), call.output().buffer());
    backend.unary(
        UnaryOp.AFFINE, -1.0 / terms(z), 0, 1, call.output().buffer(), call.output().buffer());
  }

  /** What is averaged over: the batch and the places. */
  private static int terms(Shape z) {
    return z.size(0) * z.elements(2, z.rank());
  }

  /** {@code t[n,k] = max(0, 1 - |class[n] - k|)}: exact for whole numbers. */
  private static void spread(
      Backend backend, Tensor classes, Tensor numbers, Tensor work, Tensor distributions) {
    Shape z = distributions.shape();
    int n = z.elements();
    backend.upload(firstNumbers(z.size(1)), 0, z.size(1), numbers.buffer());
    int[] along = new int[z.rank()];
    Arrays.fill(along, 1);
    along[1] = z.size(1);
    Tensor row = numbers.reshape(Shape.of(along));
    Broadcasting.binary(backend, BinaryOp.SUB, classes.reshape(z.with(1, 1)), row, distributions);
    // 1 - |d| = 1 - 2 max(d, 0) + d
    backend.unary(UnaryOp.RELU, 0, 0, n, distributions.buffer(), work.buffer());
    backend.unary(UnaryOp.AFFINE, -2, 1, n, work.buffer(), work.buffer());
    backend.axpy(n, 1, distributions.buffer(), work.buffer());
    backend.unary(UnaryOp.RELU, 0, 0, n, work.buffer(), distributions.buffer());
  }

  private static float[] firstNumbers(int count) {
    float[] known = numbers;
    if (known.length < count) {
      known = new float[count];
      for (int i = 0; i < count; i++) {
        known[i] = i;
      }
      numbers = known;
    }
    return known;
  }

  /** {@code dz = dloss / N (softmax(z) Σ_k t - t)}. */
  @Override
  public void backward(Backward call) {
    Backend backend = call.backend();
    Shape z = call.gradient(0).shape();
    Tensor target = call.scratch().get(1);
    Tensor scale = call.temporary(0);
    backend.unary(
        UnaryOp.AFFINE, -1.0 / terms(z), 0, 1, call.outputGradient().buffer(), scale.buffer());
    Tensor dlogs = call.temporary(1);
    Broadcasting.binary(backend, BinaryOp.MUL, target, scale, dlogs);
    backend.logSoftmaxGradient(
        z.size(0),
        z.size(1),
        z.elements(2, z.rank()),
        call.scratch().get(0).buffer(),
        dlogs.buffer(),
        call.gradient(0).buffer());
  }

  private void smooth(Backend backend, Tensor target, Tensor share, Tensor smoothed) {
    Shape z = target.shape();
    boolean[] classes = new boolean[z.rank()];
    classes[1] = true;
    backend.reduce(ReduceOp.SUM, z.toArray(), classes, target.buffer(), share.buffer());
    int n = share.shape().elements();
    backend.unary(UnaryOp.AFFINE, smoothing / z.size(1), 0, n, share.buffer(), share.buffer());
    backend.unary(
        UnaryOp.AFFINE, 1 - smoothing, 0, z.elements(), target.buffer(), smoothed.buffer());
    Broadcasting.binary(backend, BinaryOp.ADD, smoothed, share, smoothed);
  }
}
