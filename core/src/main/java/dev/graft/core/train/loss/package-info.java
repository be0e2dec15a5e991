/** What training minimises: an open set, a file each. */
@NullMarked
package dev.graft.core.train.loss;

import org.jspecify.annotations.NullMarked;
