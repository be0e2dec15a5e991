package dev.graft.core.text.normalize;

import dev.graft.core.text.CodePoints;

/**
 * Takes white space away from the ends.
 *
 * @param left whether from the beginning
 * @param right whether from the end
 */
public record Strip(boolean left, boolean right) implements Normalizer {

  @Override
  public String normalize(String text) {
    int start = 0;
    int end = text.length();
    while (left && start < end && CodePoints.isWhiteSpace(text.charAt(start))) {
      start++;
    }
    while (right && start < end && CodePoints.isWhiteSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }
}
