package dev.graft.kernels.opencl.runtime;

import org.jocl.cl_kernel;
import org.jspecify.annotations.Nullable;

/** One function of a {@code .cl} file, built when it is first launched. */
public final class DeviceKernel {

  private final Programs programs;
  private final String file;
  private final String name;
  private final String parameters;
  private @Nullable cl_kernel kernel;

  DeviceKernel(Programs programs, String file, String name, String parameters) {
    this.programs = programs;
    this.file = file;
    this.name = name;
    this.parameters = parameters;
  }

  String name() {
    return name;
  }

  /** A launch without arguments yet. */
  public Launch launch() {
    return new Launch(programs.context(), this);
  }

  /** The caller holds the context's lock. */
  cl_kernel handle() {
    if (kernel == null) {
      kernel = programs.create(file, name, parameters);
    }
    return kernel;
  }
}
