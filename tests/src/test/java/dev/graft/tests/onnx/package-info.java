/** ONNX files held against recorded outputs and against ONNX Runtime. */
@NullMarked
package dev.graft.tests.onnx;

import org.jspecify.annotations.NullMarked;
