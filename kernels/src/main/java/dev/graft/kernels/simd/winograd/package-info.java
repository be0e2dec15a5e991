/** Convolutions in the domain of Winograd's F(4x4, 3x3). */
@NullMarked
package dev.graft.kernels.simd.winograd;

import org.jspecify.annotations.NullMarked;
