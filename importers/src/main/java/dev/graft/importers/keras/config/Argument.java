package dev.graft.importers.keras.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/** What a layer is called with: the output of another, a constant, or a list of these. */
public sealed interface Argument {

  /** The output of a layer. */
  record Reference(TensorRef to) implements Argument {}

  /** Anything that is no tensor of the model. */
  record Constant(JsonNode value) implements Argument {}

  /** Several. */
  record Several(List<Argument> parts) implements Argument {

    public Several {
      parts = List.copyOf(parts);
    }
  }

  /** All references in it, in order. */
  default Stream<TensorRef> references() {
    if (this instanceof Reference reference) {
      return Stream.of(reference.to());
    }
    return this instanceof Several several
        ? several.parts().stream().flatMap(Argument::references)
        : Stream.empty();
  }
}
