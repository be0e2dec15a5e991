/** Prediction with a model. */
@NullMarked
package dev.graft.core.session;

import org.jspecify.annotations.NullMarked;
