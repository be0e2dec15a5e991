package dev.graft.core.text.split;

import java.util.List;

/**
 * Several pre-tokenizers ({@code Sequence}), each of which cuts what the one before has left.
 *
 * @param steps in order
 */
public record PreTokenizers(List<PreTokenizer> steps) implements PreTokenizer {

  public PreTokenizers {
    steps = List.copyOf(steps);
  }

  @Override
  public List<Piece> split(Piece piece) {
    List<Piece> pieces = List.of(piece);
    for (PreTokenizer step : steps) {
      pieces = pieces.stream().flatMap(part -> step.split(part).stream()).toList();
    }
    return pieces;
  }
}
