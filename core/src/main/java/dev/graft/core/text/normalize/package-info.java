/** Normalizers: text to text, before it is split. */
@NullMarked
package dev.graft.core.text.normalize;

import org.jspecify.annotations.NullMarked;
