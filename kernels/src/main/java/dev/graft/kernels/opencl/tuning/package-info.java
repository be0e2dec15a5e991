/** Measuring which tiles a device multiplies fastest with. */
@NullMarked
package dev.graft.kernels.opencl.tuning;

import org.jspecify.annotations.NullMarked;
