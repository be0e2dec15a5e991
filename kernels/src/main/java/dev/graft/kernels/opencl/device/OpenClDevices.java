package dev.graft.kernels.opencl.device;

import static dev.graft.kernels.opencl.device.OpenClException.check;

import dev.graft.core.backend.BackendException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * The devices of all OpenCL platforms of this machine, and the choice among them. Asking the first
 * time loads the OpenCL library and every driver, which takes a tenth of a second or more; the
 * answer is kept.
 */
public final class OpenClDevices {

  /** Index or part of the name of the device to use; see {@link #choose}. */
  public static final String PROPERTY = "graft.opencl.device";

  static final String NO_LIBRARY =
      "no OpenCL library: install the GPU's driver, or the packages ocl-icd-libopencl1 and"
          + " pocl-opencl-icd to compute on the processor";
  static final String NO_PLATFORM =
      "no OpenCL driver works here: none is listed in /etc/OpenCL/vendors, or what is listed does"
          + " not load; install the GPU's driver (pocl-opencl-icd for the processor)";
  static final String NO_DEVICE = "OpenCL is there, but its drivers offer no device";

  /** {@code CL_PLATFORM_NOT_FOUND_KHR}: what the loader says where no driver loads. */
  private static final int PLATFORM_NOT_FOUND = -1001;

  private static final String NVIDIA_ATTRIBUTES = "cl_nv_device_attribute_query";

  /** {@code CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV} and {@code …_MINOR_NV}. */
  private static final int NVIDIA_MAJOR = 0x4000;

  private static final int NVIDIA_MINOR = 0x4001;

  /** A device with the handles that JOCL wants. */
  public record Handle(cl_platform_id platform, cl_device_id id, OpenClDevice device) {}

  /**
   * What was found.
   *
   * @param problem why there is nothing; empty where there are devices
   */
  public record Found(List<Handle> handles, String problem) {}

  private OpenClDevices() {}

  private static final class Once {
    static final Found FOUND = search();
  }

  /** All devices, platform by platform; empty where there are none or no OpenCL. */
  public static List<OpenClDevice> list() {
    return found().handles().stream().map(Handle::device).toList();
  }

  /**
   * The device to use: the one that {@value #PROPERTY} names, else the first GPU, else the first.
   *
   * @throws BackendException if there is none, or none of that name; the message lists those there
   *     are
   */
  public static OpenClDevice chosen() {
    return choose(list(), System.getProperty(PROPERTY, ""));
  }

  /**
   * The device that {@code wanted} names.
   *
   * @param wanted its index in {@link #list()}, or a part of its name, vendor or platform in any
   *     case; empty for the first GPU, or the first device where there is no GPU
   * @throws BackendException if there is none, or none of that name; the message lists those there
   *     are
   */
  public static OpenClDevice named(String wanted) {
    return choose(list(), wanted);
  }

  static OpenClDevice choose(List<OpenClDevice> devices, String wanted) {
    if (devices.isEmpty()) {
      throw new BackendException("backend opencl does not work here: " + found().problem());
    }
    if (wanted.isBlank()) {
      Optional<OpenClDevice> gpu = devices.stream().filter(OpenClDevice::isGpu).findFirst();
      return gpu.orElse(devices.get(0));
    }
    return devices.stream()
        .filter(d -> matches(d, wanted.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new BackendException(
                    "no OpenCL device "
                        + wanted.strip()
                        + "; expected an index or a part of a name of: "
                        + devices.stream()
                            .map(d -> d.index() + " " + d.name().strip())
                            .collect(Collectors.joining(", "))));
  }

  private static boolean matches(OpenClDevice device, String wanted) {
    if (wanted.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return wanted.equals(Integer.toString(device.index()));
    }
    String words = device.name() + '\n' + device.vendor() + '\n' + device.platform();
    return words.toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT));
  }

  public static Handle handle(OpenClDevice device) {
    return found().handles().get(device.index());
  }

  public static Found found() {
    return Once.FOUND;
  }

  // ---- discovery -------------------------------------------------------------------------------

  private static Found search() {
    try {
      return searchPlatforms();
    } catch (LinkageError e) {
      System.getLogger(OpenClDevices.class.getName())
          .log(System.Logger.Level.DEBUG, "JOCL cannot load its libraries", e);
      return new Found(List.of(), withoutLibrary(e));
    } catch (RuntimeException e) {
      // A driver that loads but answers nonsense.
      return new Found(List.of(), "the OpenCL driver does not work: " + e.getMessage());
    }
  }

  /**
   * A runtime that jlink made small may lack what JOCL logs with; OpenCL may be there all the same.
   */
  static String withoutLibrary(LinkageError e) {
    String lacking = String.valueOf(e.getMessage());
    return e instanceof NoClassDefFoundError && lacking.startsWith("java/util/logging/")
        ? "this Java runtime lacks the module java.logging, which JOCL needs: take another, or link"
            + " it with jlink --add-modules java.logging"
        : NO_LIBRARY;
  }

  private static Found searchPlatforms() {
    int[] count = new int[1];
    int status = CL.clGetPlatformIDs(0, null, count);
    if (status == PLATFORM_NOT_FOUND || (status == CL.CL_SUCCESS && count[0] == 0)) {
      return new Found(List.of(), NO_PLATFORM);
    }
    check(status, "clGetPlatformIDs");
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    check(CL.clGetPlatformIDs(count[0], platforms, null), "clGetPlatformIDs");
    List<Handle> handles = new ArrayList<>();
    for (cl_platform_id platform : platforms) {
      status = CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
      if (status == CL.CL_DEVICE_NOT_FOUND || (status == CL.CL_SUCCESS && count[0] == 0)) {
        continue;
      }
      check(status, "clGetDeviceIDs");
      cl_device_id[] ids = new cl_device_id[count[0]];
      check(
          CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, count[0], ids, null),
          "clGetDeviceIDs");
      for (cl_device_id id : ids) {
        handles.add(new Handle(platform, id, describe(handles.size(), platform, id)));
      }
    }
    return new Found(List.copyOf(handles), handles.isEmpty() ? NO_DEVICE : "");
  }

  /** From {@code cl_nv_device_attribute_query}, which others' drivers do not have. */
  private static int computeCapability(cl_device_id id) {
    if (!List.of(text(id, CL.CL_DEVICE_EXTENSIONS).split("\\s+")).contains(NVIDIA_ATTRIBUTES)) {
      return 0;
    }
    return 10 * (int) number(id, NVIDIA_MAJOR) + (int) number(id, NVIDIA_MINOR);
  }

  private static OpenClDevice describe(int index, cl_platform_id platform, cl_device_id id) {
    long type = number(id, CL.CL_DEVICE_TYPE);
    return new OpenClDevice(
        index,
        text(platform, CL.CL_PLATFORM_NAME),
        text(platform, CL.CL_PLATFORM_VERSION),
        text(id, CL.CL_DEVICE_NAME),
        text(id, CL.CL_DEVICE_VENDOR),
        text(id, CL.CL_DEVICE_VERSION),
        text(id, CL.CL_DRIVER_VERSION),
        type(type),
        number(id, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
        number(id, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        number(id, CL.CL_DEVICE_LOCAL_MEM_SIZE),
        (int) number(id, CL.CL_DEVICE_MAX_COMPUTE_UNITS),
        (int) number(id, CL.CL_DEVICE_MAX_CLOCK_FREQUENCY),
        computeCapability(id),
        (int) number(id, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE),
        // In bits there.
        (int) number(id, CL.CL_DEVICE_MEM_BASE_ADDR_ALIGN) / Byte.SIZE,
        List.of(text(id, CL.CL_DEVICE_EXTENSIONS).split("\\s+")).contains("cl_khr_fp16"),
        (number(id, CL.CL_DEVICE_SINGLE_FP_CONFIG) & CL.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0);
  }

  private static OpenClDevice.Type type(long bits) {
    if ((bits & CL.CL_DEVICE_TYPE_GPU) != 0) {
      return OpenClDevice.Type.GPU;
    }
    if ((bits & CL.CL_DEVICE_TYPE_CPU) != 0) {
      return OpenClDevice.Type.CPU;
    }
    return (bits & CL.CL_DEVICE_TYPE_ACCELERATOR) != 0
        ? OpenClDevice.Type.ACCELERATOR
        : OpenClDevice.Type.OTHER;
  }

  /** An answer of 4 or 8 bytes; the upper half stays zero where it is shorter. */
  private static long number(cl_device_id id, int what) {
    long[] value = new long[1];
    check(CL.clGetDeviceInfo(id, what, Long.BYTES, Pointer.to(value), null), "clGetDeviceInfo");
    return value[0];
  }

  private static String text(cl_device_id id, int what) {
    long[] size = new long[1];
    check(CL.clGetDeviceInfo(id, what, 0, null, size), "clGetDeviceInfo");
    byte[] bytes = new byte[(int) size[0]];
    check(CL.clGetDeviceInfo(id, what, bytes.length, Pointer.to(bytes), null), "clGetDeviceInfo");
    return string(bytes);
  }

  private static String text(cl_platform_id id, int what) {
    long[] size = new long[1];
    check(CL.clGetPlatformInfo(id, what, 0, null, size), "clGetPlatformInfo");
    byte[] bytes = new byte[(int) size[0]];
    check(
        CL.clGetPlatformInfo(id, what, bytes.length, Pointer.to(bytes), null), "clGetPlatformInfo");
    return string(bytes);
  }

  /** Without the zero that ends a C string. */
  public static String string(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
