/** The README's promises, kept. */
@NullMarked
package dev.graft.tests.readme;

import org.jspecify.annotations.NullMarked;
