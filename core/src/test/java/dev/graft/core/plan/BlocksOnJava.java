package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BlockedKernels;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.plain.JavaBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Kernels on blocks of four channels, by way of the planar ones: a backend on which plans choose
 * layouts. What lies behind the last channel is NaN after every kernel.
 */
final class BlocksOnJava implements BlockedKernels {

  static final int LANES = 4;

  private final Backend java = new JavaBackend(1);

  /** The backend with these kernels. */
  static Backend backend() {
    BlocksOnJava kernels = new BlocksOnJava();
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (self, method, arguments) -> {
              if (method.getName().equals("blocked")) {
                return kernels;
              }
              try {
                return method.invoke(kernels.java, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public boolean suits(ConvGeometry g, Epilogue epilogue) {
    return g.groups() == 1 || g.isDepthwise() && !epilogue.residual();
  }

  @Override
  public boolean readsPlanar(ConvGeometry g) {
    return !g.isDepthwise();
  }

  @Override
  public Kernel prepare(ConvGeometry g, Epilogue epilogue, boolean planar) {
    Kernel kernel = java.prepare(g, epilogue, false);
    return new Kernel() {
      @Override
      public long bytes() {
        return kernel.bytes();
      }

      @Override
      public void pack(Buffer w) {
        kernel.pack(w);
      }

      @Override
      public Object layout() {
        return kernel.layout();
      }

      @Override
      public void share(Kernel packed) {
        // Where layouts are equal they are one kernel's: nothing is packed twice.
        throw new UnsupportedOperationException();
      }

      @Override
      public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
        int out = g.outChannels();
        HostBuffer to = HostBuffer.of(new float[g.batch() * out * g.outPlane()]);
        kernel.run(
            planar ? x : planes(g.batch(), g.inChannels(), g.inPlane(), x),
            bias,
            residual == null ? null : planes(g.batch(), out, g.outPlane(), residual),
            to);
        blocks(g.batch(), out, g.outPlane(), to, y);
      }
    };
  }

  /** As planes of blocks they are those of four times as many channels. */
  @Override
  public void maxPool(PoolGeometry g, Buffer x, Buffer y) {
    int channels = g.planes() * LANES;
    PoolGeometry all =
        new PoolGeometry(
            channels,
            g.inHeight(),
            g.inWidth(),
            g.outHeight(),
            g.outWidth(),
            g.kernelHeight(),
            g.kernelWidth(),
            g.strideHeight(),
            g.strideWidth(),
            g.dilationHeight(),
            g.dilationWidth(),
            g.padTop(),
            g.padLeft(),
            g.padBottom(),
            g.padRight(),
            g.countIncludePad());
    HostBuffer to = HostBuffer.of(new float[channels * g.outPlane()]);
    java.maxPool(all, planes(1, channels, g.inPlane(), x), null, to);
    blocks(1, channels, g.outPlane(), to, y);
  }

  @Override
  public void scale(int batch, int channels, int plane, Buffer x, Buffer s, Buffer y) {
    HostBuffer from = planes(batch, channels, plane, x);
    HostBuffer by = (HostBuffer) s;
    for (int i = 0; i < from.length(); i++) {
      from.array()[i] *= by.array()[by.offset() + i / plane];
    }
    blocks(batch, channels, plane, from, y);
  }

  @Override
  public void globalAverage(int batch, int channels, int plane, Buffer x, Buffer y) {
    PoolGeometry all =
        new PoolGeometry(batch * channels, 1, plane, 1, 1, 1, plane, 1, 1, 1, 1, 0, 0, 0, 0, false);
    java.averagePool(all, planes(batch, channels, plane, x), y);
  }

  private static int at(int channels, int plane, int i) {
    int row = i / plane;
    int blocks = (channels + LANES - 1) / LANES;
    int block = row / channels * blocks + row % channels / LANES;
    return (block * plane + i % plane) * LANES + row % channels % LANES;
  }

  private static HostBuffer planes(int batch, int channels, int plane, Buffer x) {
    HostBuffer from = (HostBuffer) x;
    float[] planar = new float[batch * channels * plane];
    for (int i = 0; i < planar.length; i++) {
      planar[i] = from.array()[from.offset() + at(channels, plane, i)];
    }
    return HostBuffer.of(planar);
  }

  private static void blocks(int batch, int channels, int plane, HostBuffer x, Buffer y) {
    HostBuffer to = (HostBuffer) y;
    Arrays.fill(to.array(), to.offset(), to.offset() + to.length(), Float.NaN);
    for (int i = 0; i < batch * channels * plane; i++) {
      to.array()[to.offset() + at(channels, plane, i)] = x.array()[i];
    }
  }
}
