/** What the answers of a finished model are worth: measured, calibrated, refused. */
@NullMarked
package dev.graft.core.transfer.assess;

import org.jspecify.annotations.NullMarked;
