/** Models of subwords: a piece to ids of a vocabulary. */
@NullMarked
package dev.graft.core.text.subword;

import org.jspecify.annotations.NullMarked;
