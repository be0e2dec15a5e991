/**
 * Tokenizers as files hold them: Hugging Face's {@code tokenizer.json}, BERT's {@code vocab.txt}.
 */
@NullMarked
package dev.graft.importers.text;

import org.jspecify.annotations.NullMarked;
