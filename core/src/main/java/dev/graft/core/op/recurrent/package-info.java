/** Layers that go through a sequence step by step and hand on a state. */
@NullMarked
package dev.graft.core.op.recurrent;

import org.jspecify.annotations.NullMarked;
