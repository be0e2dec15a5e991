/**
 * Shapes and tensors: a shape and a buffer, nothing else.
 *
 * <p>Next: {@link dev.graft.core.op}, what is done to tensors, forward and backward.
 */
@NullMarked
package dev.graft.core.tensor;

import org.jspecify.annotations.NullMarked;
