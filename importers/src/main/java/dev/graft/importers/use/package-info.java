/** How a model that does not say it is meant to be fed: what lies beside it, what it is called. */
@NullMarked
package dev.graft.importers.use;

import org.jspecify.annotations.NullMarked;
