/** Which model, and which cut of it, to transfer from: {@link dev.graft.core.insight.rank.Rank}. */
@NullMarked
package dev.graft.core.insight.rank;

import org.jspecify.annotations.NullMarked;
