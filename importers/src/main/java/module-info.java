/** Readers and writers of model files: ONNX and safetensors; NumPy arrays. */
module dev.graft.importers {
  requires transitive dev.graft.core;
  requires com.fasterxml.jackson.databind;
  requires com.google.protobuf;
  requires static transitive org.jspecify;

  exports dev.graft.importers;
  exports dev.graft.importers.numpy;
  exports dev.graft.importers.onnx;
  exports dev.graft.importers.safetensors;
}
