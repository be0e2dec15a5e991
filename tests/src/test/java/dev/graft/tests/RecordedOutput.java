package dev.graft.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.tensor.Tensor;

/** Outputs of a model against those that another system computed of it. */
public final class RecordedOutput {

  private RecordedOutput() {}

  /**
   * The bounds of the specification: 1e-4 of the largest value; since that says nothing of small
   * probabilities, those above 1e-9 to 1 % each.
   */
  public static void compare(String name, Tensor found, Tensor expected, boolean probabilities) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    float[] actual = found.toArray();
    float[] wanted = expected.toArray();
    double largest = 0;
    for (float value : wanted) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < wanted.length; i++) {
      assertThat(Math.abs(actual[i] - wanted[i]))
          .as("%s[%d]", name, i)
          .isLessThan((float) (1e-4 * largest));
      if (probabilities && wanted[i] > 1e-9) {
        assertThat(actual[i] / wanted[i]).as("%s[%d]", name, i).isBetween(0.99f, 1.01f);
      }
    }
  }
}
