/** Comparisons, arithmetic on truth values, and choices between two tensors. */
@NullMarked
package dev.graft.core.op.logic;

import org.jspecify.annotations.NullMarked;
