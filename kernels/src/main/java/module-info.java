/** Fast backends for {@code dev.graft.core}: SIMD and OpenCL. */
module dev.graft.kernels {
  requires dev.graft.core;
  requires static org.jspecify;
}
