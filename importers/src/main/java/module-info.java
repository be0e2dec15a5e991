/** Readers and writers of model files: ONNX, Keras and safetensors. */
module dev.graft.importers {
  requires dev.graft.core;
  requires com.fasterxml.jackson.databind;
  requires com.google.protobuf;
  requires static org.jspecify;
}
