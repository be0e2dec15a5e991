/** Running a graph: the executor a trainer drives. */
@NullMarked
package dev.graft.core.plan;

import org.jspecify.annotations.NullMarked;
