/** Weights that lie between those that training passed through, and the statistics they need. */
@NullMarked
package dev.graft.core.transfer.average;

import org.jspecify.annotations.NullMarked;
