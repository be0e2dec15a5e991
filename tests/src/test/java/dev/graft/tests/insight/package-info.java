/** What is told of data and networks, on photographs. */
@NullMarked
package dev.graft.tests.insight;

import org.jspecify.annotations.NullMarked;
