/** Heads in closed form on frozen features: what they are worth, and a head to go on from. */
@NullMarked
package dev.graft.core.transfer.probe;

import org.jspecify.annotations.NullMarked;
