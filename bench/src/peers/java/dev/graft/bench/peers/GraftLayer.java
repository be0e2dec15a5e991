package dev.graft.bench.peers;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.Kernel;

/** A convolution by a backend of Graft's, forward or one of its gradients. */
final class GraftLayer implements Contender {

  private final Backend backend;
  private final Runnable work;
  private final Buffer result;

  private GraftLayer(Backend backend, Runnable work, Buffer result) {
    this.backend = backend;
    this.work = work;
    this.result = result;
  }

  /** Weights that change from call to call, as in training. */
  static GraftLayer forward(LayerTask task, Backend backend) {
    ConvGeometry g = task.geometry();
    Buffer x = LayerTask.random(task.x(), 1).upload(backend).buffer();
    Buffer w = LayerTask.random(task.w(), 2).upload(backend).buffer();
    Buffer y = backend.allocate(task.y().elements());
    return new GraftLayer(backend, () -> backend.convolution(g, x, w, null, y), y);
  }

  /** Weights that stay, as in inference. */
  static GraftLayer prepared(LayerTask task, Backend backend) {
    Buffer x = LayerTask.random(task.x(), 1).upload(backend).buffer();
    Buffer w = LayerTask.random(task.w(), 2).upload(backend).buffer();
    Buffer y = backend.allocate(task.y().elements());
    Kernel kernel = backend.prepare(task.geometry(), Epilogue.NONE, false);
    kernel.pack(w);
    return new GraftLayer(backend, () -> kernel.run(x, null, null, y), y);
  }

  static GraftLayer gradientInput(LayerTask task, Backend backend) {
    ConvGeometry g = task.geometry();
    Buffer dy = LayerTask.random(task.y(), 3).upload(backend).buffer();
    Buffer w = LayerTask.random(task.w(), 2).upload(backend).buffer();
    Buffer dx = backend.allocate(task.x().elements());
    return new GraftLayer(backend, () -> backend.convolutionGradientInput(g, dy, w, dx), dx);
  }

  static GraftLayer gradientWeight(LayerTask task, Backend backend) {
    ConvGeometry g = task.geometry();
    Buffer x = LayerTask.random(task.x(), 1).upload(backend).buffer();
    Buffer dy = LayerTask.random(task.y(), 3).upload(backend).buffer();
    Buffer dw = backend.allocate(task.w().elements());
    return new GraftLayer(backend, () -> backend.convolutionGradientWeight(g, x, dy, dw), dw);
  }

  @Override
  public String name() {
    return GRAFT;
  }

  @Override
  public void run() {
    work.run();
  }

  @Override
  public float[] proof() {
    work.run();
    float[] values = new float[result.length()];
    backend.download(result, values.length, values, 0);
    return values;
  }

  @Override
  public void close() {}
}
