package dev.graft.core.transfer.recipe;

import dev.graft.core.graph.Graph;
import dev.graft.core.train.Phase;
import dev.graft.core.train.RelativeNorms;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The head alone until it stops improving, then everything, each layer as fast as it wants to move:
 * see {@link RelativeNorms}.
 */
record SurgicalRecipe() implements Recipe {

  @Override
  public String name() {
    return "surgical";
  }

  @Override
  public int leastEpochs() {
    return 2;
  }

  @Override
  public OptionalDouble solvedHeadMargin() {
    return OptionalDouble.of(0);
  }

  @Override
  public Optional<Phase> next(Course course) {
    Optional<Phase> staged = STAGED.next(course);
    if (course.past().isEmpty() || staged.isEmpty()) {
      return staged;
    }
    Graph graph = course.model().graph();
    RelativeNorms norms =
        new RelativeNorms(graph.parametricNodes().stream().map(graph::parameters).toList());
    return Optional.of(
        staged
            .get()
            .with(norms)
            .because("the layers with the largest gradients for their weights move fastest"));
  }
}
