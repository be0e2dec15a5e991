/**
 * The backend on the processor's vector registers, through {@code jdk.incubator.vector}. Here it is
 * chosen which algorithm suits which shape; the packages below, one a kind of kernel, hold the
 * algorithms, on what {@code vector} and {@code work} share.
 */
@NullMarked
package dev.graft.kernels.simd;

import org.jspecify.annotations.NullMarked;
