/**
 * Data sets of named fields, and the batches that are made of them.
 *
 * <p>Next: {@link dev.graft.core.session}, prediction.
 */
@NullMarked
package dev.graft.core.data;

import org.jspecify.annotations.NullMarked;
