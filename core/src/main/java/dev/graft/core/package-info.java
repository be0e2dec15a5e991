/** What every package of Graft shares: the root of its exceptions. */
@NullMarked
package dev.graft.core;

import org.jspecify.annotations.NullMarked;
