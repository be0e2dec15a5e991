/** ONNX files: reader, writer, and the mapping of operators. */
@NullMarked
package dev.graft.importers.onnx;

import org.jspecify.annotations.NullMarked;
