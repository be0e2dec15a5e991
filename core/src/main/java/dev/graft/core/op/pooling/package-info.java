/** Windows that keep the largest or the mean of what they see. */
@NullMarked
package dev.graft.core.op.pooling;

import org.jspecify.annotations.NullMarked;
