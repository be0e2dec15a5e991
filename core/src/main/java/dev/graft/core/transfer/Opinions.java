package dev.graft.core.transfer;

import dev.graft.core.data.Dataset;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.loss.Loss;
import java.util.List;

/**
 * The mean of what several teachers say of the same items, in the order of the student's classes.
 *
 * @param said each teacher's logits, the first field
 * @param orders for each teacher, which of its outputs is each class
 */
record Opinions(List<Dataset> said, List<int[]> orders) implements Dataset {

  @Override
  public int size() {
    return said.get(0).size();
  }

  @Override
  public List<Field> fields() {
    return List.of(new Field(Loss.TEACHER, Shape.of(orders.get(0).length)));
  }

  @Override
  public int variants() {
    return said.get(0).variants();
  }

  @Override
  public List<float[]> read(int index, long variant) {
    float[] mean = new float[orders.get(0).length];
    float share = 1f / said.size();
    for (int i = 0; i < said.size(); i++) {
      float[] logits = said.get(i).read(index, variant).get(0);
      for (int k = 0; k < mean.length; k++) {
        mean[k] += share * logits[orders.get(i)[k]];
      }
    }
    return List.of(mean);
  }

  @Override
  public String name(int index) {
    return said.get(0).name(index);
  }
}
