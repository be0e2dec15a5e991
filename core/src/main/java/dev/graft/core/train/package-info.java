/** The training loop: losses, optimizers, schedules, metrics. */
@NullMarked
package dev.graft.core.train;

import org.jspecify.annotations.NullMarked;
