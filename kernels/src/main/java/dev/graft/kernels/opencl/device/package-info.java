/** The devices there are, what they can do, and what goes wrong with them. */
@NullMarked
package dev.graft.kernels.opencl.device;

import org.jspecify.annotations.NullMarked;
