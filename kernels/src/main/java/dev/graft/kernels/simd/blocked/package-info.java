/** Kernels over values whose channels lie in blocks of a vector's lanes. */
@NullMarked
package dev.graft.kernels.simd.blocked;

import org.jspecify.annotations.NullMarked;
