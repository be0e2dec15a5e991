package dev.graft.core.data.text;

/**
 * A text and its class.
 *
 * @param text what it says
 * @param label name of its class
 * @param place where it was found, such as a file and a line
 */
public record LabelledText(String text, String label, String place) {}
