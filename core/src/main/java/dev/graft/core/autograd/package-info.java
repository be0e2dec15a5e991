/**
 * The tape: runs operations eagerly, records what needs a gradient, and plays it back.
 *
 * <p>Next: {@link dev.graft.core.graph}, the same operations as data.
 */
@NullMarked
package dev.graft.core.autograd;

import org.jspecify.annotations.NullMarked;
