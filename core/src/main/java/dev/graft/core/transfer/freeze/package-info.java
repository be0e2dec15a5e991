/** Which layers are meant: what stays as it is, and what moves at a pace of its own. */
@NullMarked
package dev.graft.core.transfer.freeze;

import org.jspecify.annotations.NullMarked;
