/** What is measured beside the loss: an open set, a file each. */
@NullMarked
package dev.graft.core.train.metric;

import org.jspecify.annotations.NullMarked;
