/** The networks that are measured, with random weights, and a training step of one. */
@NullMarked
package dev.graft.bench.networks;

import org.jspecify.annotations.NullMarked;
