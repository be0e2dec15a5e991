/** Results as JSON. */
@NullMarked
package dev.graft.bench.json;

import org.jspecify.annotations.NullMarked;
