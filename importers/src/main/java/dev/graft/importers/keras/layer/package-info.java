/**
 * The layers of Keras: for each how its configuration is read, which weights it has in which order,
 * and which operations it becomes.
 */
@NullMarked
package dev.graft.importers.keras.layer;

import org.jspecify.annotations.NullMarked;
