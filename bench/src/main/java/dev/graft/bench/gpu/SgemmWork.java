package dev.graft.bench.gpu;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.kernels.opencl.device.Precision;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A product of two square matrices of {@code size} rows, which are float32 here whatever it is
 * computed in. The peer's are bfloat16 for {@code bf16}: that is how one asks it for such a
 * product.
 */
record SgemmWork(int size, Precision precision) implements Work {

  @Override
  public String work() {
    return precision == Precision.FLOAT32 ? "sgemm" : "gemm-" + precision.word();
  }

  @Override
  public String shape() {
    return size + "^3";
  }

  @Override
  public @Nullable Integer batch() {
    return null;
  }

  @Override
  public Cost cost() {
    return Cost.product(size, size, size);
  }

  @Override
  public Map<String, Object> task() {
    return Map.of("work", work(), "size", size);
  }

  @Override
  public Runnable on(Backend backend) {
    GemmGeometry geometry = GemmGeometry.of(false, false, size, size, size);
    Buffer a = Work.random(backend, size * size, 1);
    Buffer b = Work.random(backend, size * size, 2);
    Buffer c = backend.allocate(size * size);
    return () -> backend.gemm(geometry, 1, a, b, 0, c);
  }
}
