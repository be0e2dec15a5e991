package dev.graft.kernels.opencl.normalization;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.opencl.reduction.Parts;
import dev.graft.kernels.opencl.reduction.Reductions;
import dev.graft.kernels.opencl.runtime.ClBuffer;
import dev.graft.kernels.opencl.runtime.ClContext;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.ScratchMemory;
import dev.graft.kernels.opencl.runtime.WorkGroups;

/** {@code normalisation.cl}: scales, moments and sums of the channels of {@code x [N,C,plane]}. */
public final class Normalisation {

  private static final String FILE = "normalisation";

  private final ClContext context;
  private final Reductions reductions;
  private final ScratchMemory scratch;
  private final DeviceKernel affine;
  private final DeviceKernel affineRelu;
  private final DeviceKernel affineClip;
  private final DeviceKernel combine;
  private final DeviceKernel deviationsAlone;
  private final DeviceKernel deviationsTogether;
  private final DeviceKernel sumsAlone;
  private final DeviceKernel sumsTogether;
  private final long[] group;

  public Normalisation(Programs programs, ScratchMemory scratch, Reductions reductions) {
    this.context = programs.context();
    this.reductions = reductions;
    this.scratch = scratch;
    affine = programs.kernel(FILE, "channel_affine");
    affineRelu = programs.kernel(FILE, "channel_affine_relu");
    affineClip = programs.kernel(FILE, "channel_affine_clip");
    combine = programs.kernel(FILE, "channel_combine");
    deviationsAlone = programs.kernel(FILE, "deviations_alone");
    deviationsTogether = programs.kernel(FILE, "deviations_together");
    sumsAlone = programs.kernel(FILE, "gradient_sums_alone");
    sumsTogether = programs.kernel(FILE, "gradient_sums_together");
    group = new long[] {WorkGroups.reduction(context.device()), 1};
  }

  public void affine(
      int batch, int channels, int plane, Buffer x, Buffer scale, Buffer shift, Buffer y) {
    Launch launch = affine.launch().integer(channels).integer(plane);
    launch.buffer(x).buffer(scale).buffer(shift).buffer(y).over(plane, channels, batch);
  }

  /** Whether {@link #activatedAffine} knows it. */
  public static boolean fuses(UnaryOp activation) {
    return activation == UnaryOp.RELU || activation == UnaryOp.CLIP;
  }

  public void activatedAffine(
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer scale,
      Buffer shift,
      UnaryOp activation,
      double alpha,
      double beta,
      Buffer y) {
    DeviceKernel kernel = activation == UnaryOp.RELU ? affineRelu : affineClip;
    Launch launch = kernel.launch().integer(channels).integer(plane).buffer(x).buffer(scale);
    launch.buffer(shift).real(alpha).real(beta).buffer(y).over(plane, channels, batch);
  }

  public void combine(
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer scaleX,
      Buffer z,
      Buffer scaleZ,
      Buffer shift,
      Buffer y) {
    Launch launch = combine.launch().integer(channels).integer(plane).buffer(x).buffer(scaleX);
    launch.buffer(z).buffer(scaleZ).buffer(shift).buffer(y).over(plane, channels, batch);
  }

  public void moments(int batch, int channels, int plane, Buffer x, Buffer mean, Buffer variance) {
    int elements = batch * plane;
    boolean[] exceptChannel = {true, false, true};
    Parts parts = Parts.of(elements, plane > 1);
    boolean last = parts.count() == 1;
    context.lock();
    try {
      reductions.reduce(ReduceOp.MEAN, new int[] {batch, channels, plane}, exceptChannel, x, mean);
      int used = last ? 0 : parts.count() * channels;
      Buffer sums = last ? variance : scratch.of(used);
      Launch launch = (parts.together() ? deviationsTogether : deviationsAlone).launch();
      launch.integer(channels).integer(plane).integer(elements).integer(parts.chunk());
      launch.buffer(x).buffer(mean).real(last ? elements : 1).buffer(sums);
      over(launch, channels, parts);
      if (!last) {
        reductions.sumParts(parts.count(), channels, elements, sums, variance, used);
      }
    } finally {
      context.unlock();
    }
  }

  public void gradientSums(
      int batch,
      int channels,
      int plane,
      Buffer x,
      Buffer mean,
      Buffer dy,
      Buffer sum,
      Buffer dot) {
    int elements = batch * plane;
    Parts parts = Parts.of(elements, plane > 1);
    boolean last = parts.count() == 1;
    int each = parts.count() * channels;
    context.lock();
    try {
      ClBuffer both = last ? null : scratch.of(2 * each);
      Buffer sums = both == null ? sum : both.slice(0, each);
      Buffer dots = both == null ? dot : both.slice(each, each);
      Launch launch = (parts.together() ? sumsTogether : sumsAlone).launch();
      launch.integer(channels).integer(plane).integer(elements).integer(parts.chunk());
      launch.buffer(x).buffer(mean).buffer(dy).buffer(sums).buffer(dots);
      over(launch, channels, parts);
      if (!last) {
        reductions.sumParts(parts.count(), channels, 1, sums, sum, 2 * each);
        reductions.sumParts(parts.count(), channels, 1, dots, dot, 2 * each);
      }
    } finally {
      context.unlock();
    }
  }

  private void over(Launch launch, int channels, Parts parts) {
    if (parts.together()) {
      launch.groups(new long[] {channels, parts.count()}, group);
    } else {
      launch.over(channels, parts.count());
    }
  }
}
