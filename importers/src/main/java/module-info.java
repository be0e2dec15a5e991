import dev.graft.core.backend.BackendProvider;

/** Readers and writers of model files: ONNX, Keras and safetensors; NumPy arrays. */
module dev.graft.importers {
  requires transitive dev.graft.core;
  // Core is an automatic module and cannot ask for what it works with: pictures, the JVM's figures
  // of
  // its memory and, by 'uses', whatever faster backend lies on the module path.
  requires transitive java.desktop;
  requires java.management;
  requires com.fasterxml.jackson.databind;
  requires de.siegmar.fastcsv;
  // Only to compile: the jar holds it under a name of its own, and it wants the two behind it.
  requires static com.google.protobuf;
  requires io.jhdf;
  requires org.apache.commons.compress;
  requires java.logging;
  requires jdk.unsupported;
  requires static org.jspecify;

  exports dev.graft.importers;
  exports dev.graft.importers.keras;
  exports dev.graft.importers.numpy;
  exports dev.graft.importers.onnx;
  exports dev.graft.importers.onnx.recorded;
  exports dev.graft.importers.safetensors;
  exports dev.graft.importers.text;
  exports dev.graft.importers.use;

  uses BackendProvider;
}
