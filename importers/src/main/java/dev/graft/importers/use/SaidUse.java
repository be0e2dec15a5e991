package dev.graft.importers.use;

import dev.graft.core.graph.Preprocessing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a file says of the use of the model beside it.
 *
 * @param preprocessing how a picture becomes its input; null if the file does not say
 * @param labels the classes in the order of the output; empty if the file does not say
 */
record SaidUse(@Nullable Preprocessing preprocessing, List<String> labels) {

  static final SaidUse NOTHING = new SaidUse(null, List.of());

  SaidUse {
    labels = List.copyOf(labels);
  }
}
