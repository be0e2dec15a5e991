package dev.graft.core.train;

import dev.graft.core.graph.Weights;

/**
 * The state with the lowest validation loss of a run, over all its phases.
 *
 * @param validation its metrics
 * @param epoch its number over all phases, from 1; 0 for the state before training
 * @param weights every tensor that training may have changed by then
 */
public record Best(Metrics validation, int epoch, Weights weights) {}
