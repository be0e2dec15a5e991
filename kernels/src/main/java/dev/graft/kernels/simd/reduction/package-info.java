/** Sums and maxima over axes, in one order whatever the number of threads. */
@NullMarked
package dev.graft.kernels.simd.reduction;

import org.jspecify.annotations.NullMarked;
