/** What an OpenCL device reaches, beside PyTorch on the same device: {@code bench/gpu}. */
@NullMarked
package dev.graft.bench.gpu;

import org.jspecify.annotations.NullMarked;
