/**
 * Text as a network reads it: a {@link dev.graft.core.text.Tokenizer} cuts it into tokens of a
 * vocabulary. Its parts, one file each, lie in {@code normalize}, {@code split}, {@code subword}
 * and {@code special}, named as Hugging Face's tokenizers name them; the ids are theirs.
 */
@NullMarked
package dev.graft.core.text;

import org.jspecify.annotations.NullMarked;
