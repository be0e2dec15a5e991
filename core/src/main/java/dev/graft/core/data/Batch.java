package dev.graft.core.data;

import dev.graft.core.tensor.Tensor;
import java.util.Map;

/**
 * Some items stacked along a new first axis.
 *
 * @param indices which items of the data set
 * @param tensors host tensors {@code [N, item…]} by field name
 */
public record Batch(int[] indices, Map<String, Tensor> tensors) {

  /** Number of items. */
  public int size() {
    return indices.length;
  }

  /**
   * The tensor of a field.
   *
   * @throws IllegalArgumentException if there is no such field
   */
  public Tensor get(String field) {
    Tensor tensor = tensors.get(field);
    if (tensor == null) {
      throw new IllegalArgumentException("a batch has no field " + field);
    }
    return tensor;
  }
}
