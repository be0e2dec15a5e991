/** What is put around and cut out of a text: added tokens, templates and truncation. */
@NullMarked
package dev.graft.core.text.special;

import org.jspecify.annotations.NullMarked;
