/** Types of stored numbers, shared by the formats; not part of the interface. */
@NullMarked
package dev.graft.importers.element;

import org.jspecify.annotations.NullMarked;
