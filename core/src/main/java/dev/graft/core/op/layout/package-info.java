/** Operations that move elements or give them another shape, and compute nothing. */
@NullMarked
package dev.graft.core.op.layout;

import org.jspecify.annotations.NullMarked;
