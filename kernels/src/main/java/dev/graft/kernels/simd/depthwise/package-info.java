/** Convolutions with one input channel a group, and their gradients. */
@NullMarked
package dev.graft.kernels.simd.depthwise;

import org.jspecify.annotations.NullMarked;
