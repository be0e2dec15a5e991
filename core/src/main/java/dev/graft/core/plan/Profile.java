package dev.graft.core.plan;

import java.util.List;

/**
 * Where the time of a prediction goes.
 *
 * @param steps in the order in which they run
 * @param part samples of a pass where a batch is computed in parts; 0 where it is not
 * @param passes over which each step's least time was taken
 * @param seconds of the fastest pass as a whole
 */
public record Profile(List<StepTime> steps, int part, int passes, double seconds) {}
