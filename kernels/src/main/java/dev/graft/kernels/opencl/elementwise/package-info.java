/** Functions of elements, strided copies and optimizer steps. */
@NullMarked
package dev.graft.kernels.opencl.elementwise;

import org.jspecify.annotations.NullMarked;
