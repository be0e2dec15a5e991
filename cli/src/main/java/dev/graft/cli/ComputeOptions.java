package dev.graft.cli;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.kernels.opencl.OpenClBackend;
import dev.graft.kernels.opencl.OpenClDevices;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where to compute; shared by all commands that do. */
final class ComputeOptions {

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
      names = "--threads",
      paramLabel = "N",
      description = "threads to use (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--stacktrace", description = "show where an error came from")
  private boolean stackTrace;

  Backend open() {
    if (device == null) {
      return Backends.byName(backend, threads());
    }
    if (!backend.equals(OPENCL)) {
      throw new UsageException(
          "--device chooses among OpenCL devices and wants --backend opencl, found " + backend);
    }
    return new OpenClBackend(OpenClDevices.named(device));
  }

  int threads() {
    if (threads < 1) {
      throw new UsageException("--threads must be at least 1, found " + threads);
    }
    return threads;
  }
}
