/** Keras models against what Keras itself computes. */
@NullMarked
package dev.graft.tests.keras;

import org.jspecify.annotations.NullMarked;
