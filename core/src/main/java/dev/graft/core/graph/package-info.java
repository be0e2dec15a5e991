/**
 * Networks as data: nodes, weights, metadata, and a builder to write them by hand.
 *
 * <p>Next: {@link dev.graft.core.rewrite}, graphs changed without changing what they mean.
 */
@NullMarked
package dev.graft.core.graph;

import org.jspecify.annotations.NullMarked;
