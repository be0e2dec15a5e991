package dev.graft.core.insight.data;

/**
 * A picture whose label is likely wrong.
 *
 * @param picture its number in the album
 * @param label the class that its folder says
 * @param suggested the class that it looks like
 * @param confidence probability of that class, by a probe that did not learn from the picture
 */
public record Suspect(int picture, int label, int suggested, double confidence) {}
