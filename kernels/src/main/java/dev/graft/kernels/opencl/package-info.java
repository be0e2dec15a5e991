/**
 * The OpenCL backend. {@code device} finds the devices, {@code runtime} has memory, programs and
 * launches; on top of them there is one class for each group of kernels in the {@code .cl} files,
 * in packages by kind.
 */
@org.jspecify.annotations.NullMarked
package dev.graft.kernels.opencl;
