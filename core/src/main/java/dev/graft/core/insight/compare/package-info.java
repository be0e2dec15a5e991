/** How alike two networks are: {@link dev.graft.core.insight.compare.Comparison}. */
@NullMarked
package dev.graft.core.insight.compare;

import org.jspecify.annotations.NullMarked;
