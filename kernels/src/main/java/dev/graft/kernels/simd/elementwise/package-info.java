/** Functions of one and of two elements, and the polynomials behind them. */
@NullMarked
package dev.graft.kernels.simd.elementwise;

import org.jspecify.annotations.NullMarked;
