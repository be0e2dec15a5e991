/** Tensors as ONNX files store them: in the file, or in files beside it. */
@NullMarked
package dev.graft.importers.onnx.tensor;

import org.jspecify.annotations.NullMarked;
