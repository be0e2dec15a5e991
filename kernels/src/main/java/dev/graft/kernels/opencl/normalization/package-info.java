/** Scales, moments and sums of channels, and softmax. */
@NullMarked
package dev.graft.kernels.opencl.normalization;

import org.jspecify.annotations.NullMarked;
