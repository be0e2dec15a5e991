/** What a convolution and its two gradients are, and the ones computed as matrix products. */
@NullMarked
package dev.graft.kernels.simd.convolution;

import org.jspecify.annotations.NullMarked;
