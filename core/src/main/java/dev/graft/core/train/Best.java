package dev.graft.core.train;

import dev.graft.core.graph.Weights;

/**
 * The best state of a run by its validation loss, or by what was chosen instead, over all its
 * phases.
 *
 * @param validation its metrics
 * @param epoch its number over all phases, from 1; 0 for the state before training
 * @param average what mean of weights it is, for people; empty where training passed through it
 * @param weights every tensor that training may have changed by then
 */
public record Best(Metrics validation, int epoch, String average, Weights weights) {}
