/** Folds of axes. */
@NullMarked
package dev.graft.kernels.opencl.reduction;

import org.jspecify.annotations.NullMarked;
