@NullMarked
package dev.graft.importers.keras;

import org.jspecify.annotations.NullMarked;
