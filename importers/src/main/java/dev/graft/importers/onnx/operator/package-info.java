/**
 * The operators of ONNX, each in one place: name, opsets, how it is read, how it is written, what
 * is carried out of it at import. {@link dev.graft.importers.onnx.operator.OnnxOperators} lists
 * them; reader and writer know no operator by name.
 */
@NullMarked
package dev.graft.importers.onnx.operator;

import org.jspecify.annotations.NullMarked;
