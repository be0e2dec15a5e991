/**
 * Transfer learning: fine-tuning by a recipe, and distillation. What these verbs are made of lies
 * in rooms of its own, none of which knows them.
 *
 * <p>Next: {@link dev.graft.core.insight}, what all of it was worth.
 */
@NullMarked
package dev.graft.core.transfer;

import org.jspecify.annotations.NullMarked;
