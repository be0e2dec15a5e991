package dev.graft.core.text.subword;

import dev.graft.core.text.IdBuffer;

/** Turns a piece of text into ids of its vocabulary. Safe for several threads. */
public interface SubwordModel {

  /**
   * Appends the ids of a piece.
   *
   * @param piece well-formed UTF-16
   */
  void encode(String piece, IdBuffer ids);

  /** What it knows. */
  Vocabulary vocabulary();
}
