/**
 * Images as convolutions and pools read them: padded, taken apart by the stride, a row at a time.
 */
@NullMarked
package dev.graft.kernels.simd.image;

import org.jspecify.annotations.NullMarked;
