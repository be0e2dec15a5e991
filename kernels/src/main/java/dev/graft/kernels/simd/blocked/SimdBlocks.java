package dev.graft.kernels.simd.blocked;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BlockedKernels;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.winograd.Winograd;
import dev.graft.kernels.simd.work.ByGeometry;
import dev.graft.kernels.simd.work.InTurn;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;

/** What the vectors of this machine do on blocks of as many channels as they have lanes. */
public final class SimdBlocks implements BlockedKernels {

  private static final int N = Lanes.COUNT;

  /**
   * From this gain over the planar product on, as it computes it, Winograd is faster than blocks:
   * 64 to 64 channels at 56x56, 128 at 28x28 and 256 at 14x14 have 2.0 and are; 48 to 192 and 64 to
   * 256 at 13x13, 32 to 128 at 27x27 have 1.3 to 1.4 and are not.
   */
  private static final double WINOGRAD = 1.8;

  /** Pixels of an output that are worth a tile; those of a single pixel are a product of rows. */
  private static final int FEWEST = 4;

  /** Elements of the largest padded image that is worth a copy. */
  private static final long LARGEST_COPY = 1 << 22;

  private final Backend backend;
  private final Workers workers;
  private final ScratchArrays scratch;
  private final ByGeometry<PoolGeometry, BlockedWindows> windows =
      new ByGeometry<>(BlockedWindows::of);

  public SimdBlocks(Backend backend, Workers workers, ScratchArrays scratch) {
    this.backend = backend;
    this.workers = workers;
    this.scratch = scratch;
  }

  @Override
  public int lanes() {
    return N;
  }

  @Override
  public boolean suits(ConvGeometry g, Epilogue epilogue) {
    if (g.isDepthwise()) {
      return g.outChannels() == g.inChannels() && !epilogue.residual();
    }
    return g.groups() == 1
        && g.outChannels() >= N
        && g.outPlane() >= FEWEST
        && new PaddedBlocks(g, N).copied() <= LARGEST_COPY
        && Winograd.gain(g) < WINOGRAD;
  }

  @Override
  public boolean readsPlanar(ConvGeometry g) {
    return !g.isDepthwise();
  }

  @Override
  public Kernel prepare(ConvGeometry g, Epilogue epilogue, boolean planar) {
    return new BlockedConvolutionKernel(
        backend,
        g,
        epilogue,
        () ->
            g.isDepthwise()
                ? new BlockedDepthwise(workers, scratch, g)
                : new BlockedConvolution(workers, scratch, g, planar));
  }

  @Override
  public void maxPool(PoolGeometry g, Buffer x, Buffer y) {
    HostBuffer from = (HostBuffer) x;
    HostBuffer to = (HostBuffer) y;
    InTurn<BlockedWindows> known = windows.of(g);
    BlockedWindows own = known.take();
    int inPlane = g.inPlane() * N;
    int outPlane = g.outPlane() * N;
    Spans.forRows(
        workers,
        g.planes(),
        inPlane + (long) outPlane * own.taps.length,
        (first, count) -> {
          for (int plane = first; plane < first + count; plane++) {
            BlockedWindowMaxima.plane(
                own,
                from.array(),
                from.offset() + plane * inPlane,
                to.array(),
                to.offset() + plane * outPlane);
          }
        });
    known.give(own);
  }

  @Override
  public void scale(int batch, int channels, int plane, Buffer x, Buffer s, Buffer y) {
    HostBuffer from = (HostBuffer) x;
    HostBuffer by = (HostBuffer) s;
    HostBuffer to = (HostBuffer) y;
    int blocks = Spans.ceil(channels, N);
    Spans.forRows(
        workers,
        batch * blocks,
        (long) plane * N,
        (first, count) -> {
          float[] factors = scratch.take(N);
          for (int i = first; i < first + count; i++) {
            int channel = i % blocks * N;
            int valid = Math.min(N, channels - channel);
            int at = by.offset() + i / blocks * channels + channel;
            System.arraycopy(by.array(), at, factors, 0, valid);
            Arrays.fill(factors, valid, N, 0f);
            int block = i * plane * N;
            BlockScale.plane(
                plane,
                factors,
                from.array(),
                from.offset() + block,
                to.array(),
                to.offset() + block);
          }
          scratch.give(factors);
        });
  }

  @Override
  public void globalAverage(int batch, int channels, int plane, Buffer x, Buffer y) {
    HostBuffer from = (HostBuffer) x;
    HostBuffer to = (HostBuffer) y;
    int blocks = Spans.ceil(channels, N);
    Spans.forRows(
        workers,
        batch * blocks,
        (long) plane * N,
        (first, count) -> {
          float[] mean = scratch.take(4 * N);
          for (int i = first; i < first + count; i++) {
            BlockAverage.plane(plane, from.array(), from.offset() + i * plane * N, mean);
            int channel = i % blocks * N;
            int at = to.offset() + i / blocks * channels + channel;
            System.arraycopy(mean, 0, to.array(), at, Math.min(N, channels - channel));
          }
          scratch.give(mean);
        });
  }
}
