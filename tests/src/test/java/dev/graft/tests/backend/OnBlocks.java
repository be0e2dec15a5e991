package dev.graft.tests.backend;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BlockedKernels;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A backend's kernels on blocks of channels behind planar operands, put into blocks and back
 * element by element. The lanes behind the last channel are NaN: none may get into a channel.
 */
final class OnBlocks {

  private final Backend backend;
  private final BlockedKernels kernels;
  private final int lanes;

  OnBlocks(Backend backend) {
    this.backend = backend;
    kernels = Objects.requireNonNull(backend.blocked(), "kernels on blocks");
    lanes = kernels.lanes();
  }

  Kernel kernel(ConvGeometry g, Epilogue epilogue, boolean planar) {
    Kernel kernel = kernels.prepare(g, epilogue, planar);
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
        kernel.share(packed);
      }

      @Override
      public void run(Buffer x, @Nullable Buffer bias, @Nullable Buffer residual, Buffer y) {
        int out = g.outChannels();
        Buffer from = planar ? x : toBlocks(g.batch(), g.inChannels(), g.inPlane(), x);
        Buffer added = residual == null ? null : toBlocks(g.batch(), out, g.outPlane(), residual);
        Buffer to = backend.allocate(length(g.batch(), out, g.outPlane()));
        kernel.run(from, bias, added, to);
        toPlanes(g.batch(), out, g.outPlane(), to, y);
      }
    };
  }

  /** Planes are one image's channels. */
  void maxPool(PoolGeometry g, Buffer x, Buffer y) {
    int blocks = (g.planes() + lanes - 1) / lanes;
    PoolGeometry onBlocks =
        new PoolGeometry(
            blocks,
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
    Buffer to = backend.allocate(length(1, g.planes(), g.outPlane()));
    kernels.maxPool(onBlocks, toBlocks(1, g.planes(), g.inPlane(), x), to);
    toPlanes(1, g.planes(), g.outPlane(), to, y);
  }

  void globalAverage(int batch, int channels, int plane, Buffer x, Buffer y) {
    kernels.globalAverage(batch, channels, plane, toBlocks(batch, channels, plane, x), y);
  }

  void scale(int batch, int channels, int plane, Buffer x, Buffer s, Buffer y) {
    Buffer to = backend.allocate(length(batch, channels, plane));
    kernels.scale(batch, channels, plane, toBlocks(batch, channels, plane, x), s, to);
    toPlanes(batch, channels, plane, to, y);
  }

  private int length(int batch, int channels, int plane) {
    return batch * ((channels + lanes - 1) / lanes) * lanes * plane;
  }

  private int at(int channels, int plane, int image, int channel, int pixel) {
    int blocks = (channels + lanes - 1) / lanes;
    return ((image * blocks + channel / lanes) * plane + pixel) * lanes + channel % lanes;
  }

  private Buffer toBlocks(int batch, int channels, int plane, Buffer x) {
    float[] planar = new float[batch * channels * plane];
    backend.download(x, planar.length, planar, 0);
    float[] blocks = new float[length(batch, channels, plane)];
    Arrays.fill(blocks, Float.NaN);
    for (int i = 0; i < planar.length; i++) {
      int row = i / plane;
      blocks[at(channels, plane, row / channels, row % channels, i % plane)] = planar[i];
    }
    Buffer to = backend.allocate(blocks.length);
    backend.upload(blocks, 0, blocks.length, to);
    return to;
  }

  private void toPlanes(int batch, int channels, int plane, Buffer x, Buffer y) {
    float[] blocks = new float[length(batch, channels, plane)];
    backend.download(x, blocks.length, blocks, 0);
    float[] planar = new float[batch * channels * plane];
    for (int i = 0; i < planar.length; i++) {
      int row = i / plane;
      planar[i] = blocks[at(channels, plane, row / channels, row % channels, i % plane)];
    }
    backend.upload(planar, 0, planar.length, y);
  }
}
