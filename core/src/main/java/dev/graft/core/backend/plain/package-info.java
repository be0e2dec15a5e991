/**
 * The backend in plain Java, in loops that the JIT compiler vectorises: what an embedder gets with
 * no flag.
 */
@NullMarked
package dev.graft.core.backend.plain;

import org.jspecify.annotations.NullMarked;
