/** Whether {@code bench/gpu} counts right, and runs. */
@NullMarked
package dev.graft.bench.gpu;

import org.jspecify.annotations.NullMarked;
