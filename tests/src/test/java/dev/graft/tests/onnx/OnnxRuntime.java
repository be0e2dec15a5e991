package dev.graft.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** ONNX Runtime, which opens what we write and says whether it computes the same. */
final class OnnxRuntime {

  /** The bound of the specification: both compute in float32, in different orders. */
  private static final double TOLERANCE = 1e-4;

  private OnnxRuntime() {}

  /**
   * Runs a file and compares every output to 1e-4 of its largest.
   *
   * @param what for messages
   * @return the file's metadata
   */
  static Map<String, String> agree(
      String what, Path file, Map<String, Tensor> inputs, Map<String, Tensor> expected)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString())) {
      Map<String, OnnxTensor> fed = new HashMap<>();
      for (Map.Entry<String, Tensor> entry : inputs.entrySet()) {
        fed.put(entry.getKey(), tensor(environment, entry.getValue()));
      }
      try (OrtSession.Result results = session.run(fed)) {
        for (Map.Entry<String, Tensor> entry : expected.entrySet()) {
          OnnxTensor found = (OnnxTensor) results.get(entry.getKey()).orElseThrow();
          compare(what + ", " + entry.getKey(), entry.getValue(), found);
        }
      }
      fed.values().forEach(OnnxTensor::close);
      return session.getMetadata().getCustomMetadata();
    }
  }

  private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
    long[] shape = shape(tensor);
    return tensor.type() == ElementType.FLOAT32
        ? OnnxTensor.createTensor(environment, FloatBuffer.wrap(tensor.toArray()), shape)
        : OnnxTensor.createTensor(environment, LongBuffer.wrap(tensor.toLongs()), shape);
  }

  private static long[] shape(Tensor tensor) {
    return Arrays.stream(tensor.shape().toArray()).asLongStream().toArray();
  }

  private static void compare(String what, Tensor ours, OnnxTensor theirs) {
    assertThat(theirs.getInfo().getShape()).as(what).containsExactly(shape(ours));
    float[] found = new float[ours.shape().elements()];
    theirs.getFloatBuffer().get(found);
    float[] values = ours.toArray();
    double largest = 0;
    for (float value : found) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(values[i] - found[i]))
          .as("%s[%d]: %s, ONNX Runtime %s", what, i, values[i], found[i])
          .isLessThanOrEqualTo((float) (TOLERANCE * largest));
    }
  }
}
