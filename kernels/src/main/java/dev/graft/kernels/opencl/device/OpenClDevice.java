package dev.graft.kernels.opencl.device;

import java.util.Locale;

/**
 * What a device says of itself.
 *
 * @param index its place in {@link OpenClDevices#list()}, by which it can be chosen
 * @param platform name of the platform (the driver) that it belongs to
 * @param platformVersion version of the platform
 * @param name the device's name
 * @param vendor who made it
 * @param version the OpenCL version, such as {@code OpenCL 3.0 CUDA}
 * @param driver version of the driver
 * @param type what it is
 * @param globalMemory bytes of its memory
 * @param maxAllocation bytes of the largest single buffer
 * @param localMemory bytes that the work-items of a group can share
 * @param computeUnits multiprocessors, or cores
 * @param clock megahertz at most, as the driver tells; 0 where it does not
 * @param computeCapability NVIDIA's, ten times the major number and the minor, such as 86; 0 for
 *     other vendors' devices
 * @param maxWorkGroup the most work-items in a group
 * @param alignment bytes that a buffer's start is aligned to
 * @param halfPrecision whether kernels can compute in float16 ({@code cl_khr_fp16}), which {@link
 *     Precision#HALF} does not ask for
 * @param exactDivision whether {@code -cl-fp32-correctly-rounded-divide-sqrt} is known
 */
public record OpenClDevice(
    int index,
    String platform,
    String platformVersion,
    String name,
    String vendor,
    String version,
    String driver,
    Type type,
    long globalMemory,
    long maxAllocation,
    long localMemory,
    int computeUnits,
    int clock,
    int computeCapability,
    int maxWorkGroup,
    int alignment,
    boolean halfPrecision,
    boolean exactDivision) {

  /** What kind of processor it is. */
  public enum Type {
    GPU,
    CPU,
    ACCELERATOR,
    OTHER
  }

  public boolean isGpu() {
    return type == Type.GPU;
  }

  /** One line for people: what, whose, which OpenCL, how large. */
  public String summary() {
    String kind =
        switch (type) {
          case GPU -> "GPU";
          case CPU -> "CPU";
          case ACCELERATOR -> "accelerator";
          case OTHER -> "device of unknown kind";
        };
    return String.format(
        Locale.ROOT,
        "%s (%s of %s; %s, %s; %d compute units, %.1f GiB)",
        name.strip(),
        kind,
        vendor.strip(),
        platform.strip(),
        shortVersion(),
        computeUnits,
        globalMemory / (double) (1L << 30));
  }

  /** {@code OpenCL 3.0}, without what the vendor adds. */
  private String shortVersion() {
    String[] words = version.strip().split("\\s+");
    return words.length < 2 ? version.strip() : words[0] + ' ' + words[1];
  }
}
