package dev.graft.bench.gpu;

import dev.graft.kernels.opencl.device.OpenClDevice;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a device could compute in float32 at best. OpenCL tells the number of compute units and
 * their clock, but not how wide they are: that goes by the vendor.
 *
 * @param gigaflops 10^9 operations a second; null where the width is not known
 * @param how it was computed, or why not, for people
 */
record Peak(@Nullable Double gigaflops, String how) {

  /** Float32 lanes of a compute unit, and what the vendor calls one. */
  private record Width(int lanes, String unit) {}

  /** The driver's highest clock counts, whatever clock the device keeps up. */
  static Peak of(OpenClDevice device) {
    Width width = device.isGpu() ? width(device) : null;
    if (width == null || device.clock() <= 0) {
      String why = device.isGpu() ? "OpenCL does not tell" : "only known for GPUs";
      return new Peak(null, "? (" + why + ")");
    }
    double gigaflops = (double) device.computeUnits() * device.clock() * width.lanes * 2 / 1e3;
    return new Peak(
        gigaflops,
        String.format(
            Locale.ROOT,
            "%.1f TFLOP/s: %d %s x %d MHz x %d lanes x 2 (a multiply-add)",
            gigaflops / 1e3,
            device.computeUnits(),
            width.unit,
            device.clock(),
            width.lanes));
  }

  private static @Nullable Width width(OpenClDevice device) {
    String vendor = device.vendor().toLowerCase(Locale.ROOT);
    if (vendor.contains("nvidia")) {
      return new Width(nvidiaLanes(device.computeCapability()), "multiprocessors");
    }
    if (vendor.contains("advanced micro devices") || vendor.contains("amd")) {
      return new Width(64, "compute units");
    }
    return vendor.contains("intel") ? new Width(8, "execution units") : null;
  }

  /** "Throughput of Native Arithmetic Instructions" in the CUDA C++ programming guide. */
  private static int nvidiaLanes(int computeCapability) {
    return switch (computeCapability) {
      case 60, 70, 72, 75, 80 -> 64;
      case 30, 32, 35, 37 -> 192;
      default -> 128;
    };
  }
}
