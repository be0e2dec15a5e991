/**
 * The training loop: losses, optimizers, schedules, metrics.
 *
 * <p>Next: {@link dev.graft.core.transfer}, what is kept, cut, frozen and tuned.
 */
@NullMarked
package dev.graft.core.train;

import org.jspecify.annotations.NullMarked;
