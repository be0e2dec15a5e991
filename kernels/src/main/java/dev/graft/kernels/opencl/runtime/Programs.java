package dev.graft.kernels.opencl.runtime;

import static dev.graft.kernels.opencl.device.OpenClException.check;

import dev.graft.core.backend.BackendException;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.OpenClException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;
import org.jspecify.annotations.Nullable;

/**
 * The programs of one context: each {@code .cl} file, with {@code common.cl} before it, is built
 * when one of its kernels is first launched, and kept; from the binary cache where it was built
 * before.
 */
public final class Programs {

  /** Where the {@code .cl} files are. */
  private static final String FOLDER = "/dev/graft/kernels/opencl/";

  /** Shared by all files: layouts, index arithmetic. */
  private static final String COMMON = "common";

  /** A file that is not in the jar but written by {@link FunctionSource}. */
  public static final String FUNCTIONS = "functions";

  private final ClContext context;
  private final BinaryCache cache;
  private final Map<String, cl_program> programs = new HashMap<>();
  private final List<DeviceKernel> known = new ArrayList<>();
  private final List<cl_kernel> kernels = new ArrayList<>();

  public Programs(ClContext context, BinaryCache cache) {
    this.context = context;
    this.cache = cache;
  }

  /**
   * A kernel, which is built when it is first launched.
   *
   * @param file the resource that holds it, without {@code .cl}; or several, with a plus between
   *     them, that make one program
   * @param name the function's name
   */
  public DeviceKernel kernel(String file, String name) {
    return kernel(file, name, "");
  }

  /**
   * A kernel of a program with parameters of its own, such as the shape of a tile.
   *
   * @param parameters further compiler options, such as {@code -DTILE=8}
   */
  public DeviceKernel kernel(String file, String name, String parameters) {
    DeviceKernel kernel = new DeviceKernel(this, file, name, parameters);
    known.add(kernel);
    return kernel;
  }

  /**
   * Builds whatever has not been built yet.
   *
   * @throws BackendException if the driver cannot
   */
  public void buildAll() {
    context.lock();
    try {
      known.forEach(DeviceKernel::handle);
    } finally {
      context.unlock();
    }
  }

  public ClContext context() {
    return context;
  }

  /** The caller holds the context's lock, here and below. */
  cl_kernel create(String file, String name, String parameters) {
    cl_program program = programs.get(file + ' ' + parameters);
    if (program == null) {
      String options = options(context.device(), parameters);
      program = build(file, sources(file), options);
      programs.put(file + ' ' + parameters, program);
    }
    int[] status = new int[1];
    cl_kernel kernel = CL.clCreateKernel(program, name, status);
    check(status[0], "clCreateKernel", name);
    kernels.add(kernel);
    return kernel;
  }

  /** No relaxed mathematics: NaN, infinities and the contract's error bounds are to hold. */
  private static String options(OpenClDevice device, String parameters) {
    String options = "-cl-std=CL1.2 -DGROUP=" + WorkGroups.reduction(device);
    if (device.exactDivision()) {
      options += " -cl-fp32-correctly-rounded-divide-sqrt";
    }
    return parameters.isEmpty() ? options : options + ' ' + parameters;
  }

  /** {@code common.cl} and the files, each with lines counted from its own first. */
  private static String sources(String files) {
    StringBuilder all = new StringBuilder(source(COMMON));
    for (String file : files.split("\\+")) {
      all.append("\n#line 1\n").append(source(file));
    }
    return all.toString();
  }

  public static String source(String file) {
    if (file.equals(FUNCTIONS)) {
      return FunctionSource.text();
    }
    try (InputStream in = Programs.class.getResourceAsStream(FOLDER + file + ".cl")) {
      if (in == null) {
        throw new IllegalStateException("no kernel file " + file + ".cl in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the kernel file " + file + ".cl", e);
    }
  }

  /** Builds a program, or takes it from the cache. */
  cl_program build(String name, String source, String options) {
    OpenClDevice d = context.device();
    String key =
        BinaryCache.key(
            d.name(), d.driver(), d.version(), d.platform(), d.platformVersion(), source, options);
    Optional<byte[]> kept = cache.read(key);
    if (kept.isPresent()) {
      cl_program program = fromBinary(kept.get(), options);
      if (program != null) {
        return program;
      }
      cache.damaged(key);
    }
    cl_program program = compile(name, source, options);
    byte[] binary = binary(program);
    if (binary.length > 0) {
      cache.write(key, binary);
    }
    return program;
  }

  private @Nullable cl_program fromBinary(byte[] binary, String options) {
    cl_device_id[] devices = {context.id()};
    int[] status = new int[1];
    int[] each = new int[1];
    cl_program program =
        CL.clCreateProgramWithBinary(
            context.context(),
            1,
            devices,
            new long[] {binary.length},
            new byte[][] {binary},
            each,
            status);
    if (status[0] != CL.CL_SUCCESS) {
      return null;
    }
    if (each[0] == CL.CL_SUCCESS
        && CL.clBuildProgram(program, 1, devices, options, null, null) == CL.CL_SUCCESS) {
      return program;
    }
    CL.clReleaseProgram(program);
    return null;
  }

  private cl_program compile(String name, String source, String options) {
    cl_device_id[] devices = {context.id()};
    int[] status = new int[1];
    cl_program program =
        CL.clCreateProgramWithSource(context.context(), 1, new String[] {source}, null, status);
    check(status[0], "clCreateProgramWithSource", name);
    status[0] = CL.clBuildProgram(program, 1, devices, options, null, null);
    if (status[0] != CL.CL_SUCCESS) {
      String log = buildLog(program);
      CL.clReleaseProgram(program);
      throw buildFailure(name, options, log, status[0]);
    }
    return program;
  }

  private BackendException buildFailure(String name, String options, String log, int status) {
    OpenClException cause = OpenClException.of(status, "clBuildProgram", name + ".cl");
    String what = context.device().summary() + "\noptions: " + options + "\n\n" + log;
    String place =
        cache
            .writeLog(name, what)
            .map(file -> "; what the compiler said is in " + file)
            .orElse("; what the compiler said could not be written to a file");
    return new BackendException(
        cause.getMessage()
            + ": the driver of "
            + context.device().name().strip()
            + " cannot build it"
            + place,
        cause);
  }

  private String buildLog(cl_program program) {
    long[] size = new long[1];
    int what = CL.CL_PROGRAM_BUILD_LOG;
    if (CL.clGetProgramBuildInfo(program, context.id(), what, 0, null, size) != CL.CL_SUCCESS) {
      return "";
    }
    byte[] log = new byte[(int) size[0]];
    CL.clGetProgramBuildInfo(program, context.id(), what, log.length, Pointer.to(log), null);
    return OpenClDevices.string(log);
  }

  /** Empty where the driver gives none. */
  private static byte[] binary(cl_program program) {
    long[] size = new long[1];
    int status =
        CL.clGetProgramInfo(
            program, CL.CL_PROGRAM_BINARY_SIZES, Long.BYTES, Pointer.to(size), null);
    if (status != CL.CL_SUCCESS || size[0] <= 0) {
      return new byte[0];
    }
    byte[] binary = new byte[(int) size[0]];
    // A pointer to an array of pointers, one a device.
    Pointer pointers = Pointer.to(Pointer.to(binary));
    status = CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARIES, Long.BYTES, pointers, null);
    return status == CL.CL_SUCCESS ? binary : new byte[0];
  }

  public void close() {
    kernels.forEach(CL::clReleaseKernel);
    kernels.clear();
    programs.values().forEach(CL::clReleaseProgram);
    programs.clear();
  }
}
