/**
 * Another network from a given one: new heads, cuts, other channels and widths, weights of other
 * files.
 */
@NullMarked
package dev.graft.core.transfer.surgery;

import org.jspecify.annotations.NullMarked;
