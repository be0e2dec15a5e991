package dev.graft.core.text.split;

import java.util.List;

/** Cuts a text into pieces, which no token crosses. Safe for several threads. */
@FunctionalInterface
public interface PreTokenizer {

  /** The parts of a piece, in order; what is in none of them gets no token. */
  List<Piece> split(Piece piece);
}
