/**
 * Transfer learning: fine-tuning by a recipe, and distillation. What these verbs are made of lies
 * in rooms of its own, none of which knows them.
 */
@NullMarked
package dev.graft.core.transfer;

import org.jspecify.annotations.NullMarked;
