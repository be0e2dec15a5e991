/**
 * The contract of {@link dev.graft.core.backend.Backend}, tested on every backend that works here.
 * A new backend needs nothing but its {@link dev.graft.core.backend.BackendProvider}.
 *
 * <p>A {@link dev.graft.tests.backend.Comparison} runs a call on the backend under test and on the
 * reference backend, over operands that are slices with NaN on both sides; {@link
 * dev.graft.tests.backend.Rounding} says how far the two may lie apart.
 */
@NullMarked
package dev.graft.tests.backend;

import org.jspecify.annotations.NullMarked;
