/** What is learnt, as a value: targets, loss, metrics and head follow from it; a file each. */
@NullMarked
package dev.graft.core.train.task;

import org.jspecify.annotations.NullMarked;
