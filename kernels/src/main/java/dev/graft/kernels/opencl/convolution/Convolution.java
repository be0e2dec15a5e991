package dev.graft.kernels.opencl.convolution;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.product.Contraction;
import dev.graft.kernels.opencl.product.Contractions;
import dev.graft.kernels.opencl.product.Phase;
import dev.graft.kernels.opencl.product.Tiling;
import dev.graft.kernels.opencl.runtime.ClContext;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.DeviceMemory;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.ScratchMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Convolutions and their gradients, as {@link Contraction}s: which of the ways there are. */
public final class Convolution {

  /** Pairs of channels of a work-group, each way: see {@code weights.cl}. */
  private static final int SQUARE = 16;

  private final Contractions contractions;
  private final Depthwise depthwise;
  private final Winograd winograd;
  private final ScratchMemory turnedWeights;
  private final DeviceKernel turn;
  private final ClContext context;

  public Convolution(
      Programs programs, DeviceMemory memory, Contractions contractions, Precision precision) {
    this.contractions = contractions;
    depthwise = new Depthwise(programs, contractions.tiles());
    winograd = new Winograd(programs, memory, contractions, precision);
    context = programs.context();
    turnedWeights = new ScratchMemory(memory);
    turn = programs.kernel("weights", "turn_weights");
  }

  /** The way that transforms weights beforehand, for those who keep them. */
  Winograd winograd() {
    return winograd;
  }

  /** {@code y = activation(conv(x, w) + bias + residual)}. */
  public void forward(
      ConvGeometry g,
      Epilogue epilogue,
      Buffer x,
      Buffer w,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    if (Depthwise.takes(g)) {
      depthwise.forward(g, epilogue, x, w, bias, residual, y);
      return;
    }
    if (winograd.takes(g)) {
      winograd.forwardChanging(g, epilogue, x, w, bias, residual, y);
      return;
    }
    contractions.run(Contraction.forward(g), 1, w, x, 0, epilogue, bias, residual, y);
  }

  /** The same with weights of float16, for groups that are not {@link Depthwise}'s. */
  void forwardOfHalves(
      ConvGeometry g,
      Epilogue epilogue,
      Buffer x,
      Buffer halves,
      @Nullable Buffer bias,
      @Nullable Buffer residual,
      Buffer y) {
    Contraction contraction = Contraction.forward(g).halves();
    contractions.run(contraction, 1, halves, x, 0, epilogue, bias, residual, y);
  }

  public void gradientInput(ConvGeometry g, Buffer dy, Buffer w, Buffer dx) {
    if (winograd.takes(g)) {
      winograd.gradientInput(g, dy, w, dx);
      return;
    }
    List<Phase> rows =
        Phase.of(g.inHeight(), g.kernelHeight(), g.strideHeight(), g.dilationHeight(), g.padTop());
    List<Phase> columns =
        Phase.of(g.inWidth(), g.kernelWidth(), g.strideWidth(), g.dilationWidth(), g.padLeft());
    for (Phase row : rows) {
      for (Phase column : columns) {
        gradientInput(g, row, column, dy, w, dx);
      }
    }
  }

  private void gradientInput(
      ConvGeometry g, Phase rows, Phase columns, Buffer dy, Buffer w, Buffer dx) {
    Contraction contraction = Contraction.gradientInput(g, rows, columns);
    context.lock();
    try {
      if (Depthwise.takesGradientInput(g)) {
        depthwise.gradientInput(g, rows, columns, dy, turned(g, rows, columns, w), dx);
        return;
      }
      Buffer weights = g.isPointwise() ? w : turned(g, rows, columns, w);
      contractions.run(contraction, 1, weights, dy, 0, Epilogue.NONE, null, null, dx);
    } finally {
      context.unlock();
    }
  }

  private Buffer turned(ConvGeometry g, Phase rows, Phase columns, Buffer w) {
    int groupIn = g.inChannels() / g.groups();
    int groupOut = g.outChannels() / g.groups();
    int elements = groupOut * rows.taps() * columns.taps();
    Buffer turned = turnedWeights.of(g.inChannels() * elements);
    Launch launch = turn.launch();
    launch.struct(
        g.groups(),
        groupOut,
        groupIn,
        g.kernelHeight(),
        g.kernelWidth(),
        rows.taps(),
        rows.firstTap(),
        rows.tapStep(),
        columns.taps(),
        columns.firstTap(),
        columns.tapStep());
    launch.buffer(w).buffer(turned);
    if (elements > 0) {
      launch.groups(
          new long[] {Tiling.groups(groupOut, SQUARE), Tiling.groups(g.inChannels(), SQUARE)},
          new long[] {SQUARE, SQUARE});
    }
    return turned;
  }

  public void gradientWeight(ConvGeometry g, Buffer x, Buffer dy, Buffer dw) {
    if (Depthwise.takesGradientWeight(g)) {
      depthwise.gradientWeight(g, x, dy, dw);
      return;
    }
    Contraction contraction = Contraction.gradientWeight(g);
    contractions.run(contraction, 1, dy, x, 0, Epilogue.NONE, null, null, dw);
  }
}
