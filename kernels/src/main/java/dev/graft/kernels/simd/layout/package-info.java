/** Copies between strided layouts. */
@NullMarked
package dev.graft.kernels.simd.layout;

import org.jspecify.annotations.NullMarked;
