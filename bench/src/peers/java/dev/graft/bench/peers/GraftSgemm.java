package dev.graft.bench.peers;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;

/** A matrix product by a backend of Graft's, on its own buffers. */
final class GraftSgemm implements Contender {

  private final Backend backend;
  private final GemmGeometry geometry;
  private final Buffer a;
  private final Buffer b;
  private final Buffer c;

  GraftSgemm(SgemmTask task, Backend backend) {
    this.backend = backend;
    geometry = GemmGeometry.of(false, false, task.m(), task.n(), task.k());
    a = upload(task.a());
    b = upload(task.b());
    c = backend.allocate(task.m() * task.n());
  }

  private Buffer upload(float[] values) {
    Buffer buffer = backend.allocate(values.length);
    backend.upload(values, 0, values.length, buffer);
    return buffer;
  }

  @Override
  public String name() {
    return GRAFT;
  }

  @Override
  public void run() {
    backend.gemm(geometry, 1, a, b, 0, c);
  }

  @Override
  public float[] proof() {
    run();
    float[] values = new float[geometry.m() * geometry.n()];
    backend.download(c, values.length, values, 0);
    return values;
  }

  @Override
  public void close() {}
}
