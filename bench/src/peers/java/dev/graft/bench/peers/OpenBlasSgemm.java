package dev.graft.bench.peers;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/** A matrix product by OpenBLAS, on memory of its own: nothing is copied in or out. */
final class OpenBlasSgemm implements Contender {

  static final String NAME = "openblas";

  private final SgemmTask task;
  private final FloatPointer a;
  private final FloatPointer b;
  private final FloatPointer c;

  OpenBlasSgemm(SgemmTask task, int threads) {
    this.task = task;
    openblas.blas_set_num_threads(threads);
    a = new FloatPointer(task.a());
    b = new FloatPointer(task.b());
    c = new FloatPointer((long) task.m() * task.n());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run() {
    openblas.cblas_sgemm(
        openblas.CblasRowMajor,
        openblas.CblasNoTrans,
        openblas.CblasNoTrans,
        task.m(),
        task.n(),
        task.k(),
        1,
        a,
        task.k(),
        b,
        task.n(),
        0,
        c,
        task.n());
  }

  @Override
  public float[] proof() {
    run();
    float[] values = new float[task.m() * task.n()];
    c.get(values);
    return values;
  }

  @Override
  public void close() {
    a.close();
    b.close();
    c.close();
  }
}
