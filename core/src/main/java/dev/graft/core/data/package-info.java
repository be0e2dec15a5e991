/** Data sets of named fields, and the batches that are made of them. */
@NullMarked
package dev.graft.core.data;

import org.jspecify.annotations.NullMarked;
