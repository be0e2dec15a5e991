/** Matrix products read through index arithmetic, and the tiles they are cut into. */
@NullMarked
package dev.graft.kernels.opencl.product;

import org.jspecify.annotations.NullMarked;
