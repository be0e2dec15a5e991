/**
 * Model files in and out. {@link dev.graft.importers.ModelReader} tells the format by the content;
 * {@link dev.graft.importers.ModelWriter} picks it by the name.
 */
@NullMarked
package dev.graft.importers;

import org.jspecify.annotations.NullMarked;
