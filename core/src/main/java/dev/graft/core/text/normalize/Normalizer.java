package dev.graft.core.text.normalize;

/** A change of a text before it is split into pieces. Safe for several threads. */
@FunctionalInterface
public interface Normalizer {

  /** The changed text. */
  String normalize(String text);
}
