package dev.graft.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;

/** A process that reads a model and predicts once with ONNX Runtime; it loads nothing of Graft. */
public final class OnnxFirstPrediction {

  private OnnxFirstPrediction() {}

  /** Model file, threads; prints the class. */
  public static void main(String[] args) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(Integer.parseInt(args[1]));
      try (OrtSession session = environment.createSession(args[0], options);
          OnnxTensor input =
              OnnxTensor.createTensor(
                  environment, FloatBuffer.wrap(Ramp.picture()), new long[] {1, 3, 224, 224});
          OrtSession.Result result =
              session.run(Map.of(session.getInputNames().iterator().next(), input))) {
        FloatBuffer output = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] values = new float[output.remaining()];
        output.get(values);
        System.out.println(Ramp.largest(values));
      }
    }
  }
}
