/**
 * What a network looks at, and what its units answer to: {@link
 * dev.graft.core.insight.unit.GradCam}, {@link dev.graft.core.insight.unit.Filters}, {@link
 * dev.graft.core.insight.unit.ClassSpecificity}.
 */
@NullMarked
package dev.graft.core.insight.unit;

import org.jspecify.annotations.NullMarked;
