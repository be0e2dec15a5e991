/** Scales of channels, and softmax. */
@NullMarked
package dev.graft.kernels.simd.normalization;

import org.jspecify.annotations.NullMarked;
