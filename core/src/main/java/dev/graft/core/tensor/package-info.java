/** Shapes and tensors: a shape and a buffer, nothing else. */
@NullMarked
package dev.graft.core.tensor;

import org.jspecify.annotations.NullMarked;
