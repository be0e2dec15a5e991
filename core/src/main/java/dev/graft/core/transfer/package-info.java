/** Transfer learning: surgery, freezing, feature cache, recipes, distillation. */
@NullMarked
package dev.graft.core.transfer;

import org.jspecify.annotations.NullMarked;
