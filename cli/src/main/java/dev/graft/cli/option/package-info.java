/**
 * What the options of several commands mean: groups of them, the files that they name, and what is
 * wrong with them.
 */
@NullMarked
package dev.graft.cli.option;

import org.jspecify.annotations.NullMarked;
