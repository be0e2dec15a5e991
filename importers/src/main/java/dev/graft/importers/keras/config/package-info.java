/** What a Keras model says of its layers, in the words of every version. */
@NullMarked
package dev.graft.importers.keras.config;

import org.jspecify.annotations.NullMarked;
