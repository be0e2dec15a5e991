package dev.graft.core.data;

/**
 * Data to learn from and data of the same kind to measure on.
 *
 * @param <D> the kind: a {@link Dataset}, or pictures
 * @param training to learn from
 * @param validation to measure on; never learnt from
 */
public record Split<D>(D training, D validation) {}
