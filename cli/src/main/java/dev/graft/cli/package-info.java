/** The {@code graft} command: parses, calls, prints, and writes the run folder. */
@NullMarked
package dev.graft.cli;

import org.jspecify.annotations.NullMarked;
