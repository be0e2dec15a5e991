/** The files that Keras models come in, and the weights in them. */
@NullMarked
package dev.graft.importers.keras.container;

import org.jspecify.annotations.NullMarked;
