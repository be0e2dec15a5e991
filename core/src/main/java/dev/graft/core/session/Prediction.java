package dev.graft.core.session;

/**
 * One class of a classifier's output.
 *
 * @param label its name, or its number where the model carries no labels
 * @param index its position in the output, from 0
 * @param probability in [0, 1]
 */
public record Prediction(String label, int index, double probability) {}
