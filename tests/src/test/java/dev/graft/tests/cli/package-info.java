/** The command line as a user meets it. */
@NullMarked
package dev.graft.tests.cli;

import org.jspecify.annotations.NullMarked;
