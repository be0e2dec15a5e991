/** Readers and writers of model files: ONNX and safetensors; NumPy arrays. */
module dev.graft.importers {
  requires transitive dev.graft.core;
  requires com.fasterxml.jackson.databind;
  // Only to compile: the jar holds it under a name of its own.
  requires static com.google.protobuf;
  requires static org.jspecify;

  exports dev.graft.importers;
  exports dev.graft.importers.numpy;
  exports dev.graft.importers.onnx;
  exports dev.graft.importers.safetensors;
}
