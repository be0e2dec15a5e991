/**
 * Models to models that mean the same, whatever format they came from: a {@link
 * dev.graft.core.rewrite.Rewrite} is a file, and works on a {@link
 * dev.graft.core.rewrite.GraphEdit}.
 *
 * <p>Three changes stay with the importers, since they cannot wait until a graph is there. What
 * depends on no input is computed while a file is read: the attributes of later operations are read
 * from it, and what it may take is bounded by the size of the file. A batch that a file fixes is
 * opened there too, since an operation is built for the sizes that are open (the target of a
 * Reshape, the axes of a Squeeze). And whether a stored tensor that has two names is one parameter
 * or was two is said by a node of the file, an Identity, which every reader of constants sees
 * through.
 *
 * <p>Next: {@link dev.graft.core.plan}, graphs made fast.
 */
@NullMarked
package dev.graft.core.rewrite;

import org.jspecify.annotations.NullMarked;
