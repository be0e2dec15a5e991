/**
 * The OpenCL backend: device discovery, memory, programs and launches, and on top of them one class
 * for each group of kernels in the {@code .cl} files beside it.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.kernels.opencl;
