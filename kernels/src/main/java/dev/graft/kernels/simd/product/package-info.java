/**
 * Matrix products: packed and cut into tiles that registers hold, and the forms for few rows or few
 * columns.
 */
@NullMarked
package dev.graft.kernels.simd.product;

import org.jspecify.annotations.NullMarked;
