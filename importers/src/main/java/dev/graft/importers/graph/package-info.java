/**
 * Building a model from a file, whatever its format: a graph under construction, constants that are
 * carried out, arithmetic on shapes. What depends on a format is with that format's reader.
 */
@NullMarked
package dev.graft.importers.graph;

import org.jspecify.annotations.NullMarked;
