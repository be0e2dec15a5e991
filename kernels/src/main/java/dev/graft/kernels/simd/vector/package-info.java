/**
 * Vectors: their width, taking apart and putting together, and when a kernel takes them instead of
 * a plain loop.
 */
@NullMarked
package dev.graft.kernels.simd.vector;

import org.jspecify.annotations.NullMarked;
