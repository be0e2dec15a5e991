/**
 * What an operation is, and the rules that several share. The operations themselves stand in
 * packages by kind, one a file: forward rule, backward rule, and what forward saves.
 *
 * <p>Next: {@link dev.graft.core.autograd}, how operations are recorded and played back.
 */
@NullMarked
package dev.graft.core.op;

import org.jspecify.annotations.NullMarked;
