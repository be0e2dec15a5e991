/** Texts to vectors: a tokenizer, a network, and how the vectors of tokens become one of a text. */
@NullMarked
package dev.graft.core.session.text;

import org.jspecify.annotations.NullMarked;
