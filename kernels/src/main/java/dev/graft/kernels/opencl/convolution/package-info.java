/** Convolutions and their gradients: as products, by Winograd, and with few channels a group. */
@NullMarked
package dev.graft.kernels.opencl.convolution;

import org.jspecify.annotations.NullMarked;
