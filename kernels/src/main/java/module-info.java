import dev.graft.core.backend.BackendProvider;
import dev.graft.kernels.opencl.OpenClProvider;
import dev.graft.kernels.simd.SimdProvider;

/** Fast backends for {@code dev.graft.core}: SIMD and OpenCL. */
module dev.graft.kernels {
  requires dev.graft.core;
  requires jocl;
  // Not everybody starts the JVM with it: without it the SIMD backend says that it is missing.
  requires static jdk.incubator.vector;
  requires static org.jspecify;

  exports dev.graft.kernels.opencl;
  exports dev.graft.kernels.opencl.device;
  exports dev.graft.kernels.opencl.tuning;
  exports dev.graft.kernels.simd;

  provides BackendProvider with
      SimdProvider,
      OpenClProvider;
}
