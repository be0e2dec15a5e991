/** Pooling and its gradients. */
@NullMarked
package dev.graft.kernels.opencl.pooling;

import org.jspecify.annotations.NullMarked;
