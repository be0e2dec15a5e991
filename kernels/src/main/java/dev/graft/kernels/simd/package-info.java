/** The backend on the processor's vector registers, through {@code jdk.incubator.vector}. */
@NullMarked
package dev.graft.kernels.simd;

import org.jspecify.annotations.NullMarked;
