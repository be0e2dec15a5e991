/** What frozen layers make of pictures and other items, and whether it is kept. */
@NullMarked
package dev.graft.core.transfer.feature;

import org.jspecify.annotations.NullMarked;
