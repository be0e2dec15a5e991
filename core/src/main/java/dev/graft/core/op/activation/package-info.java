/**
 * Functions of an element that stand behind a layer, and those that turn scores into probabilities.
 */
@NullMarked
package dev.graft.core.op.activation;

import org.jspecify.annotations.NullMarked;
