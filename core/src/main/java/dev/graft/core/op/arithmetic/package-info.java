/** Sums, products and functions of elements, with broadcasting. */
@NullMarked
package dev.graft.core.op.arithmetic;

import org.jspecify.annotations.NullMarked;
