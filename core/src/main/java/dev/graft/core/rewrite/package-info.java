/**
 * Models to models that mean the same, whatever format they came from: a {@link
 * dev.graft.core.rewrite.Rewrite} is a file.
 */
@NullMarked
package dev.graft.core.rewrite;

import org.jspecify.annotations.NullMarked;
