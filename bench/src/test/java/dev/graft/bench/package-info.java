/** Whether the benchmarks still run. */
@NullMarked
package dev.graft.bench;

import org.jspecify.annotations.NullMarked;
