/**
 * How much of a network is trained, in which order and at which pace: the recipes, and what they
 * decide by.
 */
@NullMarked
package dev.graft.core.transfer.recipe;

import org.jspecify.annotations.NullMarked;
