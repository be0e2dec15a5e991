package dev.graft.core.data.picture;

/**
 * Pictures to learn from and pictures to measure on, with the same classes.
 *
 * @param training to learn from
 * @param validation to measure on; never learnt from
 */
public record Split(Pictures training, Pictures validation) {}
