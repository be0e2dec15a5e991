/**
 * What is wrong with pictures, before anything is trained on them: {@link
 * dev.graft.core.insight.data.DataCheck}.
 */
@NullMarked
package dev.graft.core.insight.data;

import org.jspecify.annotations.NullMarked;
