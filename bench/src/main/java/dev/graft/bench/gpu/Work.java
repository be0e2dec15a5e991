package dev.graft.bench.gpu;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Rng;
import dev.graft.kernels.opencl.device.Precision;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something to time, here and in the peer. */
interface Work {

  /** What is done: {@code sgemm}, {@code conv-forward}, … */
  String work();

  /** The sizes, or the network's name. */
  String shape();

  /** What Graft computes in, on a device that can: {@link Precision#problem}. */
  default Precision precision() {
    return Precision.FLOAT32;
  }

  /** Pictures at a time; null where there are none. */
  @Nullable Integer batch();

  Cost cost();

  /** What a call does, in {@link #unit()}s times a second. */
  default double amount() {
    return cost().flops() / 1e9;
  }

  default String unit() {
    return "GFLOP/s";
  }

  /** The same for the peer's script, which adds nothing of its own. */
  Map<String, Object> task();

  /**
   * Allocates and fills what it needs.
   *
   * @return a call that may return before the device is done
   */
  Runnable on(Backend backend);

  /** A buffer of random numbers between -0.5 and 0.5; they repeat, which no kernel notices. */
  static Buffer random(Backend backend, int elements, long key) {
    float[] block = new float[Math.min(elements, 1 << 20)];
    for (int i = 0; i < block.length; i++) {
      block[i] = Rng.uniform(key, i) - 0.5f;
    }
    Buffer buffer = backend.allocate(elements);
    for (int from = 0; from < elements; from += block.length) {
      int count = Math.min(block.length, elements - from);
      backend.upload(block, 0, count, buffer.slice(from, count));
    }
    return buffer;
  }
}
