/** Attention, a head at a time. */
@NullMarked
package dev.graft.kernels.simd.attention;

import org.jspecify.annotations.NullMarked;
