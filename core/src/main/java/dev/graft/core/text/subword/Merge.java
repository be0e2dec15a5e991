package dev.graft.core.text.subword;

/**
 * Two tokens that become one.
 *
 * @param left the first
 * @param right the second, with the prefix of tokens within a piece where there is one
 */
public record Merge(String left, String right) {}
