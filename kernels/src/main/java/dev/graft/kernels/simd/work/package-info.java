/** How calls share threads and working memory. */
@NullMarked
package dev.graft.kernels.simd.work;

import org.jspecify.annotations.NullMarked;
