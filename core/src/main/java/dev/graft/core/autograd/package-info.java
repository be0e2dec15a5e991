/** The tape: runs operations eagerly, records what needs a gradient, and plays it back. */
@NullMarked
package dev.graft.core.autograd;

import org.jspecify.annotations.NullMarked;
