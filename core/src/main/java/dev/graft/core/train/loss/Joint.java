package dev.graft.core.train.loss;

import dev.graft.core.op.loss.WeightedSum;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sum of a loss for each of several outputs. The targets of the output {@code y} are the field
 * {@code graft.target.y}, its metrics are called {@code accuracy.y}.
 *
 * @param losses by output, in the order in which they are measured
 */
public record Joint(Map<String, Loss> losses) implements Loss {

  public Joint {
    losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
  }

  @Override
  public String behind(LossGraph network) {
    List<String> parts = new ArrayList<>();
    losses.forEach((output, loss) -> parts.add(network.behind(output, loss)));
    List<Double> ones = Collections.nCopies(parts.size(), 1.0);
    return network.add(new WeightedSum(ones), parts.toArray(String[]::new));
  }
}
