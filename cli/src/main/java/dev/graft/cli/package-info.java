/**
 * The {@code graft} command: a file for each command, which parses, calls and prints. What they
 * share lies in {@link dev.graft.cli.option}, {@link dev.graft.cli.run} and {@link
 * dev.graft.cli.terminal}; pages are written by {@link dev.graft.cli.page} and {@link
 * dev.graft.cli.report}.
 */
@NullMarked
package dev.graft.cli;

import org.jspecify.annotations.NullMarked;
