/** safetensors files: weights by name. */
@NullMarked
package dev.graft.importers.safetensors;

import org.jspecify.annotations.NullMarked;
