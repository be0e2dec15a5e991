/** JMH benchmarks, written as pairs: what a claim of speed is a ratio of. */
@NullMarked
package dev.graft.bench;

import org.jspecify.annotations.NullMarked;
