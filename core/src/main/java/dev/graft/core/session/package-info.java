/**
 * Prediction with a model: by one thread, or by many.
 *
 * <p>Next: {@link dev.graft.core.train}, the loop that learns.
 */
@NullMarked
package dev.graft.core.session;

import org.jspecify.annotations.NullMarked;
