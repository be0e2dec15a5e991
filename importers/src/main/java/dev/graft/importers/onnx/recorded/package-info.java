/** Models that come with recorded inputs and outputs, and whether Graft computes the same. */
@NullMarked
package dev.graft.importers.onnx.recorded;

import org.jspecify.annotations.NullMarked;
