/**
 * A run of training: its folder and lock, what it leaves, what it prints, and how it is stopped.
 */
@NullMarked
package dev.graft.cli.run;

import org.jspecify.annotations.NullMarked;
