/** NumPy's .npy files: one array each. */
@NullMarked
package dev.graft.importers.numpy;

import org.jspecify.annotations.NullMarked;
