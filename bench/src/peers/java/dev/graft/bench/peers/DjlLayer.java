package dev.graft.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.graft.core.tensor.Tensor;

/**
 * A convolution by DJL on PyTorch. Its backward pass needs a forward pass before it: the time of
 * one gradient is that of {@link Pass#INPUT} or {@link Pass#WEIGHT} less that of {@link
 * Pass#RECORDED}.
 */
final class DjlLayer implements Contender {

  /** What a run does. */
  enum Pass {
    /** Forward, nothing recorded. */
    FORWARD,
    /** Forward, recorded for backward. */
    RECORDED,
    /** Forward and the gradient to the input. */
    INPUT,
    /** Forward and the gradient to the weight. */
    WEIGHT
  }

  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final LayerTask task;
  private final Pass pass;
  private final NDArray x;
  private final NDArray w;
  private final NDArray dy;

  DjlLayer(LayerTask task, Pass pass) {
    this.task = task;
    this.pass = pass;
    x = create(LayerTask.random(task.x(), 1));
    w = create(LayerTask.random(task.w(), 2));
    dy = create(LayerTask.random(task.y(), 3));
  }

  private NDArray create(Tensor tensor) {
    return manager.create(tensor.toArray(), DjlLayers.shape(tensor.shape()));
  }

  @Override
  public String name() {
    return DjlInference.NAME;
  }

  @Override
  public void run() {
    work(false);
  }

  @Override
  public float[] proof() {
    return work(true);
  }

  /** Leaves of the graph are made anew each time: into old ones, gradients would be added. */
  private float[] work(boolean download) {
    JniUtils.setGradMode(pass != Pass.FORWARD);
    try (NDManager sub = manager.newSubManager()) {
      NDArray input = leaf(x, pass == Pass.INPUT || pass == Pass.RECORDED, sub);
      NDArray weight = leaf(w, pass == Pass.WEIGHT, sub);
      NDArray y =
          Conv2d.conv2d(
                  input,
                  weight,
                  null,
                  new Shape(task.stride(), task.stride()),
                  new Shape(task.pad(), task.pad()),
                  new Shape(1, 1),
                  task.groups())
              .singletonOrThrow();
      y.attach(sub);
      NDArray result = y;
      if (pass == Pass.INPUT || pass == Pass.WEIGHT) {
        JniUtils.backward((PtNDArray) y, (PtNDArray) dy, false, false);
        result = (pass == Pass.INPUT ? input : weight).getGradient();
        result.attach(sub);
      }
      return download ? result.toFloatArray() : new float[0];
    } finally {
      JniUtils.setGradMode(false);
    }
  }

  private NDArray leaf(NDArray array, boolean differentiated, NDManager sub) {
    NDArray leaf = array.stopGradient();
    leaf.attach(sub);
    if (differentiated) {
      leaf.setRequiresGradient(true);
    }
    return leaf;
  }

  @Override
  public void close() {
    manager.close();
  }
}
