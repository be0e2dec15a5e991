/** Pre-tokenizers: text to pieces that no token crosses. */
@NullMarked
package dev.graft.core.text.split;

import org.jspecify.annotations.NullMarked;
