package dev.graft.kernels.opencl.runtime;

import static dev.graft.kernels.opencl.device.OpenClException.check;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_device_id;

/** How many floats a device computes with at once: 16 with AVX-512, 8 with AVX, 1 on most GPUs. */
public final class VectorWidth {

  private VectorWidth() {}

  public static int of(cl_device_id device) {
    int[] width = new int[1];
    int what = CL.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT;
    int status = CL.clGetDeviceInfo(device, what, Integer.BYTES, Pointer.to(width), null);
    check(status, "clGetDeviceInfo", "native vector width");
    return Math.max(1, width[0]);
  }
}
