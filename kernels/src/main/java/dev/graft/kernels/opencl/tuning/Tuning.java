package dev.graft.kernels.opencl.tuning;

import java.nio.file.Path;

/**
 * What {@link Tuner} found.
 *
 * @param large the tile for results that fill the device
 * @param small the tile for the others
 * @param file where both are kept
 */
public record Tuning(TuningEvent.Ended large, TuningEvent.Ended small, Path file) {}
