/** Products with weights: matrix products and convolutions. */
@NullMarked
package dev.graft.core.op.linear;

import org.jspecify.annotations.NullMarked;
