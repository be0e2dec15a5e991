package dev.graft.kernels.simd.depthwise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.simd.SimdBackend;
import org.junit.jupiter.api.Test;

/** What is fused into a depthwise convolution gives the bits of the steps one after the other. */
class DepthwiseEpilogueTest {

  private static final int BATCH = 2;
  private static final int CHANNELS = 5;

  private static HostBuffer random(int n, long key) {
    float[] values = new float[n + 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * Rng.uniform(key, i) - 1;
    }
    return HostBuffer.of(values).slice(3, n);
  }

  private static ConvGeometry geometry(int size, int kernel, int stride, int each) {
    int pad = kernel / 2;
    return new ConvGeometry(
        BATCH,
        CHANNELS,
        size,
        size,
        CHANNELS * each,
        CHANNELS,
        kernel,
        kernel,
        stride,
        stride,
        1,
        1,
        pad,
        pad,
        pad,
        pad);
  }

  private static float[] values(HostBuffer buffer) {
    float[] values = new float[buffer.length()];
    System.arraycopy(buffer.array(), buffer.offset(), values, 0, values.length);
    return values;
  }

  @Test
  void epilogue_isTheStepsAfterEachOther_alsoWhereTheResidualIsTheOutput() {
    try (SimdBackend backend = new SimdBackend(2)) {
      for (int size : new int[] {3, 7, 9, 14, 33, 56}) {
        for (int stride = 1; stride <= 2; stride++) {
          for (int kernel = 3; kernel <= 5; kernel += 2) {
            for (UnaryOp op : new UnaryOp[] {UnaryOp.RELU, UnaryOp.CLIP, UnaryOp.SIGMOID}) {
              check(backend, geometry(size, kernel, stride, 1), op);
            }
            check(backend, geometry(size, kernel, stride, 2), UnaryOp.RELU);
          }
        }
      }
    }
  }

  private static void check(SimdBackend backend, ConvGeometry g, UnaryOp op) {
    int outputs = BATCH * g.outChannels() * g.outPlane();
    HostBuffer x = random(BATCH * CHANNELS * g.inPlane(), 1);
    HostBuffer w = random(g.outChannels() * g.patch(), 2);
    HostBuffer bias = random(g.outChannels(), 3);
    HostBuffer residual = random(outputs, 4);
    int[] shape = {outputs};
    int[] dense = {1};

    HostBuffer plain = random(outputs, 5);
    backend.convolution(g, x, w, bias, plain);
    HostBuffer active = random(outputs, 6);
    backend.unary(op, 0.1, 0.5, outputs, plain, active);
    HostBuffer fused = random(outputs, 7);
    Kernel kernel = backend.prepare(g, new Epilogue(true, false, op, 0.1, 0.5), false);
    kernel.pack(w);
    kernel.run(x, bias, null, fused);
    assertThat(values(fused)).as("%s, %s", op, g).isEqualTo(values(active));

    backend.binary(BinaryOp.ADD, shape, plain, dense, residual, dense, plain);
    backend.unary(op, 0.1, 0.5, outputs, plain, active);
    kernel = backend.prepare(g, new Epilogue(true, true, op, 0.1, 0.5), false);
    kernel.pack(w);
    kernel.run(x, bias, residual, residual);
    assertThat(values(residual)).as("%s, %s, residual", op, g).isEqualTo(values(active));
  }
}
