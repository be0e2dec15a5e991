package dev.graft.kernels.opencl.device;

import dev.graft.core.backend.BackendException;
import org.jocl.CL;

/**
 * An OpenCL call failed. The message names the call, what it worked on, the error by its name in
 * {@code cl.h} and its code, and what helps where that is known.
 */
public final class OpenClException extends BackendException {

  private static final long serialVersionUID = 1L;

  private final int status;

  OpenClException(String message, int status) {
    super(message);
    this.status = status;
  }

  /** The OpenCL error code, such as -5 for {@code CL_OUT_OF_RESOURCES}. */
  public int status() {
    return status;
  }

  /**
   * Passes on success, else throws.
   *
   * @param status what the call returned
   * @param call its name in the OpenCL specification
   * @param subject what it worked on, such as a kernel's name; may be empty
   */
  public static void check(int status, String call, String subject) {
    if (status != CL.CL_SUCCESS) {
      throw of(status, call, subject);
    }
  }

  public static void check(int status, String call) {
    check(status, call, "");
  }

  public static OpenClException of(int status, String call, String subject) {
    String where = subject.isEmpty() ? call : call + " (" + subject + ")";
    return new OpenClException(
        where + ": " + CL.stringFor_errorCode(status) + " (" + status + ")" + remedy(status),
        status);
  }

  /** Whether memory ran out, on the device or on the host's side of it. */
  public static boolean isOutOfMemory(int status) {
    return status == CL.CL_MEM_OBJECT_ALLOCATION_FAILURE
        || status == CL.CL_OUT_OF_RESOURCES
        || status == CL.CL_OUT_OF_HOST_MEMORY
        || status == CL.CL_INVALID_BUFFER_SIZE;
  }

  private static String remedy(int status) {
    return switch (status) {
      case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE, CL.CL_OUT_OF_HOST_MEMORY ->
          "; the device is out of memory: use a smaller batch, or end other programs that use it";
      case CL.CL_OUT_OF_RESOURCES ->
          "; the device is out of memory, or the driver has lost it: use a smaller batch, or see"
              + " the system's log";
      case CL.CL_DEVICE_NOT_AVAILABLE, CL.CL_INVALID_COMMAND_QUEUE, CL.CL_INVALID_CONTEXT ->
          "; the device was lost: start again; a training run has kept the checkpoint of its last"
              + " epoch";
      default -> "";
    };
  }
}
