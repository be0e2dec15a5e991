/** Pooling and its gradients. */
@NullMarked
package dev.graft.kernels.simd.pooling;

import org.jspecify.annotations.NullMarked;
