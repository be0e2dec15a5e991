package dev.graft.importers.keras.layer;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.ReadAllowance;
import java.util.ArrayList;
import java.util.List;

/** Where a file's arrays and its config do not fit, gathered so that the two are compared whole. */
public final class Mismatches {

  private static final int MOST_TOLD = 20;

  private final ReadAllowance allowance;
  private final List<String> lines = new ArrayList<>();

  /**
   * @param allowance bounds what stands in for arrays
   */
  public Mismatches(ReadAllowance allowance) {
    this.allowance = allowance;
  }

  /** Adds a line. */
  public void add(String line) {
    lines.add(line);
  }

  /**
   * Zeros in the place of what does not fit, so that reading can go on.
   *
   * @throws ImportException with the lines so far if there is no room for so many
   */
  Tensor standIn(Shape shape) {
    // Once more for the layer that turns them.
    if (!allowance.allows(2L * Float.BYTES * shape.elements())) {
      expectNone();
    }
    return Tensor.zeros(shape);
  }

  /**
   * @throws ImportException if anything did not fit, naming all of it
   */
  public void expectNone() {
    if (!lines.isEmpty()) {
      throw new ImportException(
          "the weights do not fit the architecture in the file: "
              + String.join("; ", lines.stream().limit(MOST_TOLD).toList())
              + (lines.size() > MOST_TOLD ? "; and " + (lines.size() - MOST_TOLD) + " more" : ""));
    }
  }
}
