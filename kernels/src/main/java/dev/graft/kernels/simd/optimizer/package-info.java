/** Optimizer steps. */
@NullMarked
package dev.graft.kernels.simd.optimizer;

import org.jspecify.annotations.NullMarked;
