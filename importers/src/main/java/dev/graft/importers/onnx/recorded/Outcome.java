package dev.graft.importers.onnx.recorded;

/**
 * What came of a recorded model.
 *
 * @param name of the model
 * @param status whether it agrees
 * @param reason why not; empty where it does
 */
public record Outcome(String name, Status status, String reason) {

  /** Whether a model agrees with what was recorded of it. */
  public enum Status {
    /** All outputs agree. */
    PASSED,
    /** An output differs, or computing it failed. */
    FAILED,
    /** It asks for what Graft does not do, and was refused by name. */
    UNSUPPORTED
  }
}
