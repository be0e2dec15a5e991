/** A context on a device: its memory, its programs, and how kernels are launched. */
@NullMarked
package dev.graft.kernels.opencl.runtime;

import org.jspecify.annotations.NullMarked;
