/** Sums and means over axes. */
@NullMarked
package dev.graft.core.op.reduction;

import org.jspecify.annotations.NullMarked;
