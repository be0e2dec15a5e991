/** Prediction with a model: by one thread, or by many. */
@NullMarked
package dev.graft.core.session;

import org.jspecify.annotations.NullMarked;
