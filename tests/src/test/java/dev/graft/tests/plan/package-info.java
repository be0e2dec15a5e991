/** Compiled plans on every backend there is. */
@NullMarked
package dev.graft.tests.plan;

import org.jspecify.annotations.NullMarked;
