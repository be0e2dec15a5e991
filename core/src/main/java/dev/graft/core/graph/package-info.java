/** Networks as data: nodes, weights, metadata, and a builder to write them by hand. */
@NullMarked
package dev.graft.core.graph;

import org.jspecify.annotations.NullMarked;
