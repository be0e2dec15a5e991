package dev.graft.cli.option;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.kernels.opencl.OpenClBackend;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where to compute; shared by all commands that do. */
public final class ComputeOptions {

  private static final String OPENCL = "opencl";

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "what computes: auto, or one that 'graft backends' lists (default: auto)")
  private String backend;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "with --backend opencl, the device: its number or a part of its name in"
              + " 'graft backends' (default: the first GPU)")
  private @Nullable String device;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      description =
          "with --backend opencl, what products and convolutions are computed in: float32; tf32 or"
              + " bf16 on the tensor cores of NVIDIA's GPUs; half, which packs fixed weights as"
              + " float16 (default: float32, the only one to compare with other backends)")
  private @Nullable String precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads to use (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--stacktrace", description = "show where an error came from")
  private boolean stackTrace;

  public Backend open() {
    Precision wanted = precision == null ? null : Precision.named(precision);
    if (!backend.equals(OPENCL)) {
      if (device != null) {
        throw new UsageException(
            "--device chooses among OpenCL devices and wants --backend opencl, found " + backend);
      }
      if (wanted != null && wanted != Precision.FLOAT32) {
        throw new UsageException(
            "--precision "
                + wanted.word()
                + " wants --backend opencl, found "
                + backend
                + "; name that backend, or leave the option out");
      }
      return Backends.byName(backend, threads());
    }
    if (device == null && wanted == null) {
      return Backends.byName(backend, threads());
    }
    OpenClDevice on = device == null ? OpenClDevices.chosen() : OpenClDevices.named(device);
    return new OpenClBackend(on, wanted == null ? Precision.chosen() : wanted);
  }

  public int threads() {
    if (threads < 1) {
      throw new UsageException("--threads must be at least 1, found " + threads);
    }
    return threads;
  }
}
