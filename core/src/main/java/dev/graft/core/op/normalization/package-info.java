/** Operations that are another in training than in use: normalisation by statistics, dropout. */
@NullMarked
package dev.graft.core.op.normalization;

import org.jspecify.annotations.NullMarked;
