/** What training minimises, as operations like any other. */
@NullMarked
package dev.graft.core.op.loss;

import org.jspecify.annotations.NullMarked;
