/** Differentiable operations, one a file: forward rule, backward rule, and what forward saves. */
@NullMarked
package dev.graft.core.op;

import org.jspecify.annotations.NullMarked;
