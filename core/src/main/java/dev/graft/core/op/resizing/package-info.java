/** Pictures and sequences in another size: their elements interpolated. */
@NullMarked
package dev.graft.core.op.resizing;

import org.jspecify.annotations.NullMarked;
