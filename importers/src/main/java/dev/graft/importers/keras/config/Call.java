package dev.graft.importers.keras.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One use of a layer; a layer that is called twice is shared.
 *
 * @param positional arguments in order
 * @param named the others
 */
public record Call(List<Argument> positional, Map<String, Argument> named) {

  public Call {
    positional = List.copyOf(positional);
    named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
  }

  /** A call on one tensor. */
  public static Call of(TensorRef input) {
    return new Call(List.of(new Argument.Reference(input)), Map.of());
  }

  /** Every tensor that is read, in order. */
  public Stream<TensorRef> references() {
    return Stream.concat(
        positional.stream().flatMap(Argument::references),
        named.values().stream().flatMap(Argument::references));
  }
}
