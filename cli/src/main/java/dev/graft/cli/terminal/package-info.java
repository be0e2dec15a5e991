/** Standard output and the terminal: bars that lines pass, widths, pipes that close. */
@NullMarked
package dev.graft.cli.terminal;

import org.jspecify.annotations.NullMarked;
