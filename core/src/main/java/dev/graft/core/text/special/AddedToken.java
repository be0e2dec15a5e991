package dev.graft.core.text.special;

/**
 * A token that is looked for in the text before anything else is done with it.
 *
 * @param content how it is written
 * @param id its id
 * @param singleWord whether it counts only where no word character stands beside it
 * @param leftStrip whether the white space before it belongs to it
 * @param rightStrip whether the white space behind it belongs to it
 * @param normalized whether it is looked for in the normalized text, itself normalized
 * @param special whether it is one of the network's own, such as {@code [MASK]}
 */
public record AddedToken(
    String content,
    int id,
    boolean singleWord,
    boolean leftStrip,
    boolean rightStrip,
    boolean normalized,
    boolean special) {}
