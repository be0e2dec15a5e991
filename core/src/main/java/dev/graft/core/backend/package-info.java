/**
 * The kernel interface every compute device implements, and the two backends that need nothing but
 * the JDK.
 *
 * <p>{@link dev.graft.core.backend.Backend} works on raw buffers with explicit sizes: no shape
 * inference, no autograd, no validation. {@link dev.graft.core.backend.reference.ReferenceBackend}
 * is its readable specification in double precision; {@link
 * dev.graft.core.backend.plain.JavaBackend} is what an embedder gets without any flag.
 *
 * <p>Next: {@link dev.graft.core.tensor}, what buffers are wrapped in.
 */
@NullMarked
package dev.graft.core.backend;

import org.jspecify.annotations.NullMarked;
